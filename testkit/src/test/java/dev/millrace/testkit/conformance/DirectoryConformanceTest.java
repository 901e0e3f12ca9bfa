package dev.millrace.testkit.conformance;

import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The log in a directory keeps the contract.
class DirectoryConformanceTest extends EventLogConformance {
    @TempDir private Path directory;

    @Override
    protected EventLog openEmpty() {
        return LocalLog.open(directory);
    }
}
