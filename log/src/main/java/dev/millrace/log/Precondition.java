package dev.millrace.log;

import org.jspecify.annotations.Nullable;

/// A condition of an append. The partition's one writer asks it when the append's turn has come:
/// every batch that stands before it in the partition, whoever appended it, has been shown to the
/// partition's [AppendListener]s by then, and none behind it has.
///
/// Asked once, on the thread that writes the log: it must be quick, must not wait, and must not
/// call the log. One that throws fails its append.
@FunctionalInterface
public interface Precondition {

    /// Whether the append may go on.
    ///
    /// @param nextOffset the offset that the first record of the append would get
    /// @return null where the condition holds; else what it saw, which the caller gets as
    ///   [PreconditionFailedException#seen]
    @Nullable Object conflict(long nextOffset);

    /// Holds where the partition ends at `offset`: nothing has been appended that its caller does
    /// not know of. What it sees is the offset at which the partition ends, a `Long`.
    static Precondition endsAt(long offset) {
        return new EndsAt(offset);
    }

    /// The condition of [#endsAt], which can be carried to a log elsewhere.
    record EndsAt(long offset) implements Precondition {
        @Override
        public @Nullable Object conflict(long nextOffset) {
            return nextOffset == offset ? null : nextOffset;
        }
    }
}
