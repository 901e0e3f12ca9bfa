package dev.millrace.log.internal;

import dev.millrace.log.Header;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How large records and batches may be; refused with the limit in the message.
final class Limits {
    /// Lengths, deltas and counts of a record without headers take no more.
    private static final int MOST_RECORD_OVERHEAD = 41;

    private static final int MOST_HEADER_OVERHEAD = 10;

    private static final Pool<RecordDecoder> DECODERS =
            new Pool<>(RecordDecoder::new, decoder -> {});

    private Limits() {}

    /// @return bytes that the record may take in a batch, at most
    static int require(
            TopicDescription topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        long content = (key == null ? 0 : key.length) + (long) (value == null ? 0 : value.length);
        for (Header header : headers) {
            byte[] headerValue = header.value();
            content +=
                    header.key().getBytes(StandardCharsets.UTF_8).length
                            + (headerValue == null ? 0 : headerValue.length);
        }
        if (key == null && topic.config().compacted()) {
            throw withoutKey(topic.name());
        }
        requireRecord(topic.name(), topic.config(), content);
        return (int) content + MOST_RECORD_OVERHEAD + headers.size() * MOST_HEADER_OVERHEAD;
    }

    private static void requireRecord(String topic, TopicConfig config, long bytes) {
        int limit = config.maxRecordBytes();
        if (bytes > limit) {
            throw new LogException(
                    Code.RECORD_TOO_LARGE,
                    "a record of %d bytes is larger than max.record.bytes of topic '%s', %d"
                            .formatted(bytes, topic, limit));
        }
    }

    static void require(String topic, TopicConfig config, RecordBatch batch) {
        int limit = config.maxMessageBytes();
        if (batch.sizeInBytes() > limit) {
            throw new LogException(
                    Code.RECORD_TOO_LARGE,
                    "a record batch of %d bytes is larger than max.message.bytes of topic '%s', %d"
                            .formatted(batch.sizeInBytes(), topic, limit));
        }
        requireRecord(topic, config, batch.largestRecordBytes());
        if (config.compacted()) {
            requireKeys(topic, batch);
        }
    }

    private static void requireKeys(String topic, RecordBatch batch) {
        RecordDecoder decoder = DECODERS.take();
        try {
            decoder.batch(batch.buffer(), batch.buffer().position());
            while (decoder.next()) {
                if (decoder.keyLength() < 0) {
                    throw withoutKey(topic);
                }
            }
        } finally {
            decoder.forget();
            DECODERS.giveBack(decoder);
        }
    }

    private static LogException withoutKey(String topic) {
        return new LogException(
                Code.INVALID_BATCH,
                "a record without a key was brought to topic '%s', which is compacted: which record takes the place of which is told by the key. Give it one, or set cleanup.policy to delete"
                        .formatted(topic));
    }
}
