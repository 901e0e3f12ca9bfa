package dev.millrace.testkit.conformance;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogOptions;
import dev.millrace.log.internal.LogEngine;
import dev.millrace.testkit.storage.FaultStorage;
import java.nio.file.Path;

/// The log over a [FaultStorage] keeps the contract, with everything small.
class FaultStorageConformanceTest extends EventLogConformance {
    @Override
    protected EventLog openEmpty() {
        return LogEngine.open(
                new FaultStorage(),
                Path.of("/data/log"),
                LogOptions.defaults()
                        .with("log.journal.file.bytes", 32 << 10)
                        .with("log.journal.max.bytes", 256 << 10)
                        .with("log.direct-force-bytes", 2 << 10)
                        .with("log.read.mode", "positional"));
    }
}
