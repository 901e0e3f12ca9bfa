package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import java.nio.ByteBuffer;

/// Checks a batch that somebody else encoded, as far as Kafka itself does: everything a reader will
/// rely on. For one thread; [#check] takes one of a few that are kept.
///
/// What Kafka mends, this mends: a max timestamp that is not the latest of the records' is put
/// right in a copy, for clients exist that leave it empty. Everything else is refused.
public final class BatchValidator {
    private static final Pool<BatchValidator> POOL =
            new Pool<>(BatchValidator::new, validator -> {});

    private final BatchChecksum checksum = new BatchChecksum();
    private final RecordDecoder decoder = new RecordDecoder();

    private BatchValidator() {}

    /// A batch that was found sound.
    ///
    /// @param bytes from 0 to the limit of a big-endian buffer: a slice, or a mended copy
    /// @param largestRecordBytes key, value and headers of its largest record
    public record Checked(ByteBuffer bytes, int largestRecordBytes) {}

    /// Checks the one batch that `batch` holds from position to limit.
    ///
    /// @return the batch, and its largest record
    /// @throws LogException `invalid-batch`, saying what is wrong and where; `corrupt-batch` where
    ///   that is its checksum
    public static Checked check(ByteBuffer batch) {
        BatchValidator validator = POOL.take();
        try {
            return validator.validate(batch.slice());
        } finally {
            validator.decoder.forget();
            validator.checksum.forget();
            POOL.giveBack(validator);
        }
    }

    private Checked validate(ByteBuffer b) {
        String problem = BatchFormat.structuralProblem(b, 0, b.limit());
        if (problem != null) {
            throw invalid(problem);
        }
        int size = BatchFormat.sizeInBytes(b, 0);
        if (size != b.limit()) {
            throw invalid("%d bytes follow it".formatted(b.limit() - size));
        }
        String damage = BatchFormat.problem(b, 0, b.limit(), checksum);
        if (damage != null) {
            throw new LogException(
                    LogException.Code.CORRUPT_BATCH, "not a valid record batch: " + damage);
        }
        checkHeader(b);
        long latest = Long.MIN_VALUE;
        int largest = 0;
        try {
            decoder.batch(b, 0);
            while (decoder.next()) {
                int headers = decoder.checkHeaders();
                int content = Math.max(0, decoder.keyLength()) + Math.max(0, decoder.valueLength());
                largest = Math.max(largest, content + headers);
                latest = Math.max(latest, decoder.timestampMillis());
            }
        } catch (MalformedBatchException e) {
            throw new LogException(
                    LogException.Code.INVALID_BATCH,
                    "not a valid record batch: " + e.getMessage(),
                    e);
        }
        boolean right = latest == BatchFormat.maxTimestamp(b, 0);
        return new Checked(right ? b : mended(b, latest), largest);
    }

    private static void checkHeader(ByteBuffer b) {
        int attributes = BatchFormat.attributes(b, 0);
        if (!Codecs.exists(attributes & BatchFormat.CODEC_MASK)) {
            throw invalid("unknown codec %d".formatted(attributes & BatchFormat.CODEC_MASK));
        }
        if ((attributes & BatchFormat.CONTROL_BIT) != 0) {
            throw invalid("control batches are written by the log alone");
        }
        if ((attributes & BatchFormat.TRANSACTIONAL_BIT) != 0) {
            throw invalid("transactions are not supported");
        }
        if ((attributes & BatchFormat.LOG_APPEND_TIME_BIT) != 0) {
            throw invalid("only the log may say that timestamps are those of the append");
        }
        if (attributes >>> 3 != 0) {
            throw invalid("unknown bits in the attributes %04x".formatted(attributes));
        }
        int count = BatchFormat.count(b, 0);
        if (count < 1 || count - 1 != BatchFormat.lastOffsetDelta(b, 0)) {
            throw invalid(
                    "count is %d with a last offset delta of %d"
                            .formatted(count, BatchFormat.lastOffsetDelta(b, 0)));
        }
        if (BatchFormat.producerId(b, 0) >= 0 && BatchFormat.baseSequence(b, 0) < 0) {
            throw invalid("producer %d gives no sequence".formatted(BatchFormat.producerId(b, 0)));
        }
    }

    private ByteBuffer mended(ByteBuffer b, long maxTimestamp) {
        byte[] copy = new byte[b.limit()];
        b.get(0, copy);
        ByteBuffer mended = ByteBuffer.wrap(copy);
        mended.putLong(BatchFormat.MAX_TIMESTAMP, maxTimestamp);
        mended.putInt(BatchFormat.CRC, checksum.of(mended, 0));
        return mended;
    }

    private static LogException invalid(String what) {
        return new LogException(
                LogException.Code.INVALID_BATCH, "not a valid record batch: " + what);
    }
}
