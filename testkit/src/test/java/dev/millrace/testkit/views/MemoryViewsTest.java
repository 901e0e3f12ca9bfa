package dev.millrace.testkit.views;

import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.Views;
import dev.millrace.testkit.conformance.ViewConformance;

/// Views over a log in memory.
class MemoryViewsTest extends ViewConformance {
    @Override
    protected EventLog openLog() {
        return LocalLog.inMemory();
    }

    @Override
    protected Views viewsOf(EventLog log) {
        return ((LocalLog) log).views();
    }
}
