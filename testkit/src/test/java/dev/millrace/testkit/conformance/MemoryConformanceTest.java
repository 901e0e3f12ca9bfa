package dev.millrace.testkit.conformance;

import dev.millrace.log.EventLog;
import dev.millrace.log.LocalLog;

/// The log in memory keeps the contract.
class MemoryConformanceTest extends EventLogConformance {
    @Override
    protected EventLog openEmpty() {
        return LocalLog.inMemory();
    }
}
