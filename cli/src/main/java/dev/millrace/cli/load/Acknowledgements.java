package dev.millrace.cli.load;

import dev.millrace.log.AppendResult;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/// Follows the batches that an appender makes of records, and tells of each one when it is
/// acknowledged. For the one thread that appends.
public final class Acknowledgements {
    private final Listener listener;
    private final CRC32C crc = new CRC32C();
    private final IdentityHashMap<CompletableFuture<AppendResult>, Batch> byFuture =
            new IdentityHashMap<>();
    private final ArrayDeque<Batch> open = new ArrayDeque<>();
    private long records;

    /// Told of acknowledged batches.
    @FunctionalInterface
    public interface Listener {
        /// @param checksum of the batch's values: see [Acknowledgements#checksum]
        void acknowledged(AppendResult result, long checksum);
    }

    private static final class Batch {
        final CompletableFuture<AppendResult> future;
        long checksum;

        Batch(CompletableFuture<AppendResult> future) {
            this.future = future;
        }
    }

    public Acknowledgements(Listener listener) {
        this.listener = listener;
    }

    /// The CRC-32C of a value as a positive number. Those of many values are added up, so that
    /// their order does not matter.
    public static long checksum(CRC32C crc, byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(bytes, offset, length);
        return crc.getValue();
    }

    /// Notes that a record was appended.
    ///
    /// @param future what the appender answered
    public void appended(CompletableFuture<AppendResult> future, byte[] value) {
        Batch batch = byFuture.get(future);
        if (batch == null) {
            poll();
            batch = new Batch(future);
            byFuture.put(future, batch);
            open.add(batch);
        }
        batch.checksum += checksum(crc, value, 0, value.length);
    }

    /// Tells the listener of what is acknowledged by now. A batch that failed is passed over: the
    /// appender's own `flush` throws for it.
    public void poll() {
        for (Iterator<Batch> batches = open.iterator(); batches.hasNext(); ) {
            Batch batch = batches.next();
            if (batch.future.isDone()) {
                batches.remove();
                byFuture.remove(batch.future);
                if (!batch.future.isCompletedExceptionally()) {
                    AppendResult result = batch.future.join();
                    records += result.count();
                    listener.acknowledged(result, batch.checksum);
                }
            }
        }
    }

    /// Records acknowledged so far.
    public long records() {
        return records;
    }
}
