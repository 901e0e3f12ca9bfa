package dev.millrace.testkit.conformance;

import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.storage.FaultStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// Every storage of the local engine keeps the limits of topics.
class LimitConformanceTest {
    @Nested
    class InMemory extends LimitConformance {
        @Override
        protected EventLog openEmpty() {
            return LocalLog.inMemory();
        }
    }

    @Nested
    class InDirectory extends LimitConformance {
        @TempDir Path directory;

        @Override
        protected EventLog openEmpty() {
            return LocalLog.open(directory.resolve("log"));
        }
    }

    @Nested
    class OverFaultStorage extends LimitConformance {
        @Override
        protected EventLog openEmpty() {
            return LogEngine.open(
                    new FaultStorage(),
                    Path.of("/data/log"),
                    LogOptions.defaults().with("log.journal.file.bytes", 32 << 10));
        }
    }
}
