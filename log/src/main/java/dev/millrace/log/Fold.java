package dev.millrace.log;

import java.io.IOException;

/// The state of a [View] for one partition, and how a record changes it.
///
/// The methods are called from different threads but never at the same time, and each sees what the
/// one before did. Queries come from other threads still: [#reached] is the place to show them a
/// new state as a whole. None of the methods may call the [RunningView] that they belong to.
public interface Fold extends AutoCloseable {

    /// Takes the next record: every record of the partition up to the high-water mark, in the order
    /// of offsets, each once since the state was empty or loaded.
    ///
    /// @param record one flyweight for all records, valid during the call; [RecordView#copy] keeps
    ///   it
    /// @throws Exception where it cannot be folded. [ViewOptions#onPoison] says what then happens;
    ///   a record can only be passed over where the fold left its state as it was
    void fold(RecordView record) throws Exception;

    /// A run of records has been folded: the state is that of all records below `nextOffset`.
    /// Whoever waits for them is told behind this call.
    default void reached(long nextOffset) {}

    /// Writes the whole state as files. The partition is not folded meanwhile.
    void save(CheckpointWriter to) throws IOException;

    /// Takes over the state that [#save] wrote, whose checksums have been verified; before the
    /// first record.
    ///
    /// @throws IOException where it cannot be understood; then the view replays
    void load(CheckpointReader from) throws IOException;

    /// The runner is through with it. Queries may still be under way: memory that they read should
    /// come from an arena that outlives them.
    @Override
    default void close() {}
}
