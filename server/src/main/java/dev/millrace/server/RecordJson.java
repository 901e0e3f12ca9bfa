package dev.millrace.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.log.Header;
import dev.millrace.log.RecordView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record as JSON, the same wherever one is written:
///
/// | field | what |
/// |---|---|
/// | `offset` | in its partition |
/// | `timestamp` | event time in milliseconds since the epoch |
/// | `key`, `value` | as text, or null where the record has none |
/// | `keyBase64`, `valueBase64` | instead, where the bytes are not UTF-8 |
/// | `headers` | an array of `key` and `value` (or `valueBase64`) |
public final class RecordJson {
    private RecordJson() {}

    /// Writes the fields of a record.
    public static void write(JsonGenerator to, RecordView record) throws IOException {
        to.writeNumberField("offset", record.offset());
        to.writeNumberField("timestamp", record.timestampMillis());
        write(to, "key", record.key());
        write(to, "value", record.value());
        write(to, record.headers());
    }

    /// Writes `headers`.
    public static void write(JsonGenerator to, List<Header> headers) throws IOException {
        to.writeArrayFieldStart("headers");
        for (Header header : headers) {
            to.writeStartObject();
            to.writeStringField("key", header.key());
            byte[] value = header.value();
            write(to, "value", value == null ? null : ByteBuffer.wrap(value));
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    /// Writes bytes as text where they are UTF-8, and else as base64 in a field of another name.
    public static void write(JsonGenerator to, String name, @Nullable ByteBuffer bytes)
            throws IOException {
        if (bytes == null) {
            to.writeNullField(name);
            return;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        try {
            to.writeStringField(
                    name,
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(copy)).toString());
        } catch (CharacterCodingException e) {
            to.writeStringField(name + "Base64", Base64.getEncoder().encodeToString(copy));
        }
    }
}
