package dev.millrace.testkit.views;

import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.Views;
import dev.millrace.testkit.conformance.ViewConformance;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

/// Views over a log of which they know no more than its interface.
class AnyLogViewsTest extends ViewConformance {
    @TempDir Path directory;

    @Override
    protected EventLog openLog() {
        return LocalLog.inMemory();
    }

    @Override
    protected Views viewsOf(EventLog log) {
        return Views.over(log, new UUID(1, 2), directory.resolve("views"));
    }
}
