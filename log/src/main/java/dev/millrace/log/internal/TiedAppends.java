package dev.millrace.log.internal;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Durability;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// Appends to several partitions of which all are written or none: they come into one group of one
/// [GroupWriter], and so into one frame group of the journal.
final class TiedAppends {
    /// They are in memory at once, and a frame group is written at once.
    static final int MOST_BYTES = 32 << 20;

    private TiedAppends() {}

    /// @param check throws where a single append is refused
    /// @throws LogException where they cannot be appended together
    static CompletableFuture<List<AppendResult>> submit(
            List<PendingAppend> parts,
            Consumer<PendingAppend> check,
            Function<PartitionLog, WriteLoop> loopOf) {
        if (parts.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        long bytes = 0;
        for (PendingAppend part : parts) {
            check.accept(part);
            requireDurability(part.partition());
            bytes += part.batch().sizeInBytes();
        }
        if (bytes > MOST_BYTES) {
            throw new LogException(
                    Code.RECORD_TOO_LARGE,
                    "an atomic append of %d bytes is larger than what can be appended at once, %d"
                            .formatted(bytes, MOST_BYTES));
        }
        PendingAppend first = parts.getFirst();
        PendingAppend.tie(parts);
        loopOf.apply(first.partition()).submit(first);
        Answer<List<AppendResult>> answer = new Answer<>();
        CompletableFuture<?> _ =
                CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
                        .whenComplete(
                                (all, failure) -> {
                                    if (failure == null) {
                                        answer.complete(
                                                parts.stream()
                                                        .map(PendingAppend::resultNow)
                                                        .toList());
                                    } else {
                                        answer.completeExceptionally(failure);
                                    }
                                });
        return answer;
    }

    /// Without the journal nothing ties what is written to several files.
    private static void requireDurability(PartitionLog partition) {
        if (partition.config().durability() == Durability.OS) {
            throw new LogException(
                    Code.NOT_SUPPORTED,
                    "%s cannot be part of an atomic append: the durability of its topic is 'os', and only 'fsync' topics share the journal. Create the topic with durability=fsync"
                            .formatted(partition.id()));
        }
    }
}
