package dev.millrace.testkit.views;

import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.Views;
import dev.millrace.testkit.conformance.ViewConformance;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Views over a log in a directory.
class DirectoryViewsTest extends ViewConformance {
    @TempDir Path directory;

    @Override
    protected EventLog openLog() {
        return LocalLog.open(directory);
    }

    @Override
    protected Views viewsOf(EventLog log) {
        return ((LocalLog) log).views();
    }
}
