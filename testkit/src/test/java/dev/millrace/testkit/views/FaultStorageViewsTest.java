package dev.millrace.testkit.views;

import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.Views;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.conformance.ViewConformance;
import dev.millrace.testkit.storage.FaultStorage;
import java.nio.file.Path;

/// Views over a log on a [FaultStorage].
class FaultStorageViewsTest extends ViewConformance {
    @Override
    protected EventLog openLog() {
        return LogEngine.open(new FaultStorage(), Path.of("/data/log"), LogOptions.defaults());
    }

    @Override
    protected Views viewsOf(EventLog log) {
        return ((LocalLog) log).views();
    }
}
