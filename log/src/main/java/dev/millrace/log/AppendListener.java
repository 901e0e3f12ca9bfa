package dev.millrace.log;

/// Is shown every batch of a partition in the order of offsets, before it is durable and before the
/// [Precondition] of any later append is asked: what a condition needs to know can be kept up to
/// date here.
///
/// All calls come from the thread that writes the log, one after the other. They must be quick,
/// must not wait, and must not call the log. One that throws has its batch refused.
public interface AppendListener {

    /// A batch is about to be appended. It is not durable yet: see [#takenBack].
    ///
    /// @param baseOffset the offset of its first record
    void appended(long baseOffset, RecordBatch batch);

    /// What was shown from this offset on never was: writing it failed. The next batch begins at
    /// this offset.
    void takenBack(long nextOffset);

    /// An [AppendListener] at its partition.
    interface Registration extends AutoCloseable {

        /// The base offset of the first batch that is shown; what stands before can be read once
        /// [EventLog#awaitOffset] has seen it.
        long fromOffset();

        /// Shows the listener nothing any more, once it has returned.
        @Override
        void close();
    }
}
