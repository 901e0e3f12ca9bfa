package dev.millrace.kafka.internal.data;

import dev.millrace.kafka.internal.protocol.WireOut;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The parts of a fetch's answer, in order: fields that are written here, and between them batches
/// that lie elsewhere.
final class FetchParts {
    /// Batches that go out behind so many bytes of the fields.
    private record Batches(int behind, ByteBuffer bytes) {}

    private final WireOut fields;
    private final List<Batches> batches = new ArrayList<>();

    FetchParts(WireOut fields) {
        this.fields = fields;
    }

    /// Takes what is written between batches.
    WireOut fields() {
        return fields;
    }

    /// Puts batches behind the fields that were written so far.
    void add(ByteBuffer bytes) {
        batches.add(new Batches(fields.position(), bytes.duplicate()));
    }

    /// All parts; the first begins with the size of all.
    ByteBuffer[] finish() {
        int more = batches.stream().mapToInt(one -> one.bytes.remaining()).sum();
        ByteBuffer written = fields.finish(more);
        ByteBuffer[] parts = new ByteBuffer[2 * batches.size() + 1];
        int from = 0;
        int next = 0;
        for (Batches one : batches) {
            parts[next++] = written.slice(from, one.behind - from);
            parts[next++] = one.bytes;
            from = one.behind;
        }
        parts[next] = written.slice(from, written.limit() - from);
        return parts;
    }
}
