package dev.millrace.log;

/// What an engine of [EventLog] can do beyond the common ground.
public enum Capability {
    /// An acknowledged append is on stable storage of this machine.
    LOCAL_FSYNC,
    /// [EventLog#append(TopicPartition,RecordBatch,Precondition)] and [EventLog#listen].
    CONDITIONAL_APPEND,
    /// [EventLog#appendAtomically].
    ATOMIC_APPEND,
    /// Batches are stored and read back byte for byte, but for base offset and leader epoch.
    STORES_BATCHES_UNCHANGED,
    /// `max.record.bytes` of a topic bounds its records, apart from their batches.
    RECORD_LIMITS
}
