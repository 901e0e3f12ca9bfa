package dev.millrace.server.internal.remote;

import dev.millrace.log.Cursor;
import dev.millrace.log.Header;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.internal.api.RecordFormat;
import dev.millrace.server.internal.json.JsonObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads a partition behind a server, page by page.
public final class RemoteCursor implements Cursor {
    private static final int PAGE = 5000;
    private static final long MOST_WAIT_MILLIS = 60_000;

    private final HttpLink link;
    private final TopicPartition partition;
    private Iterator<JsonObject> page = List.<JsonObject>of().iterator();
    private @Nullable RemoteRecord record;
    private long position;
    private boolean closed;

    /// @throws LogException where nothing can be read there
    public RemoteCursor(HttpLink link, TopicPartition partition, long offset) {
        this.link = link;
        this.partition = partition;
        this.position = offset;
        fetch(0);
    }

    private void fetch(long waitMillis) {
        page =
                link.lines(
                                "/v1/topics/%s/records?partition=%d&offset=%d&limit=%d&wait=%d"
                                        .formatted(
                                                HttpLink.segment(partition.topic()),
                                                partition.partition(),
                                                position,
                                                PAGE,
                                                waitMillis))
                        .iterator();
    }

    @Override
    public boolean next() {
        requireOpen();
        if (!page.hasNext()) {
            fetch(0);
        }
        return take();
    }

    @Override
    public boolean next(Duration timeout) {
        requireOpen();
        long end = System.nanoTime() + timeout.toNanos();
        while (!page.hasNext()) {
            long left = Math.max(0, (end - System.nanoTime()) / 1_000_000);
            fetch(Math.min(left, MOST_WAIT_MILLIS));
            if (left == 0) {
                break;
            }
        }
        return take();
    }

    private boolean take() {
        if (!page.hasNext()) {
            return false;
        }
        JsonObject next = page.next();
        record = new RemoteRecord(next.number("offset"), RecordFormat.read(next));
        position = record.offset() + 1;
        return true;
    }

    @Override
    public RecordView record() {
        return Objects.requireNonNull(record, "next() has not found a record yet");
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void seek(long offset) {
        requireOpen();
        long before = position;
        position = offset;
        try {
            fetch(0);
        } catch (LogException e) {
            if (e.code() == LogException.Code.CORRUPT_RECORD) {
                page = List.<JsonObject>of().iterator(); // next() tells
                return;
            }
            position = before;
            throw e;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LogException(LogException.Code.CLOSED, "the cursor is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /// A record that was read.
    private record RemoteRecord(long offset, LogRecord copy) implements RecordView {
        @Override
        public long timestampMillis() {
            return copy.timestampMillis();
        }

        @Override
        public int keyLength() {
            byte[] key = copy.key();
            return key == null ? -1 : key.length;
        }

        @Override
        public int valueLength() {
            byte[] value = copy.value();
            return value == null ? -1 : value.length;
        }

        @Override
        public @Nullable ByteBuffer key() {
            byte[] key = copy.key();
            return key == null ? null : ByteBuffer.wrap(key).asReadOnlyBuffer();
        }

        @Override
        public @Nullable ByteBuffer value() {
            byte[] value = copy.value();
            return value == null ? null : ByteBuffer.wrap(value).asReadOnlyBuffer();
        }

        @Override
        public List<Header> headers() {
            return copy.headers();
        }
    }
}
