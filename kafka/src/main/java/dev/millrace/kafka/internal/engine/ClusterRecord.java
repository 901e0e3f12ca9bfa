package dev.millrace.kafka.internal.engine;

import dev.millrace.log.Header;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// The present record of a [ClusterCursor]: what the consumer fetched, not copied.
final class ClusterRecord implements RecordView {
    private @Nullable ConsumerRecord<ByteBuffer, ByteBuffer> present;

    void show(@Nullable ConsumerRecord<ByteBuffer, ByteBuffer> record) {
        present = record;
    }

    private ConsumerRecord<ByteBuffer, ByteBuffer> present() {
        if (present == null) {
            throw new IllegalStateException("the cursor stands on no record; call next first");
        }
        return present;
    }

    @Override
    public long offset() {
        return present().offset();
    }

    @Override
    public long timestampMillis() {
        return present().timestamp();
    }

    @Override
    public int keyLength() {
        return present().serializedKeySize();
    }

    @Override
    public int valueLength() {
        return present().serializedValueSize();
    }

    @Override
    public @Nullable ByteBuffer key() {
        ByteBuffer key = present().key();
        return key == null ? null : key.asReadOnlyBuffer();
    }

    @Override
    public @Nullable ByteBuffer value() {
        ByteBuffer value = present().value();
        return value == null ? null : value.asReadOnlyBuffer();
    }

    @Override
    public List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        present().headers().forEach(h -> headers.add(new Header(h.key(), h.value())));
        return headers;
    }

    @Override
    public LogRecord copy() {
        return new LogRecord(timestampMillis(), copy(key()), copy(value()), headers());
    }

    private static byte @Nullable [] copy(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            return null;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }
}
