package dev.millrace.cli.consume;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.Header;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Prints a record as a JSON object on a line of its own. Bytes that are not UTF-8 are printed as
/// base64 in a field of another name: `valueBase64` instead of `value`.
public final class JsonPrinter implements RecordPrinter {
    private final Json json;

    public JsonPrinter(Console console) {
        json = Json.lines(console);
    }

    @Override
    public void print(TopicPartition partition, RecordView record) {
        json.object(
                to -> {
                    to.writeStringField("topic", partition.topic());
                    to.writeNumberField("partition", partition.partition());
                    write(to, record);
                });
    }

    /// Writes offset, timestamp, key, value and headers.
    public static void write(JsonGenerator to, RecordView record) throws IOException {
        to.writeNumberField("offset", record.offset());
        to.writeNumberField("timestamp", record.timestampMillis());
        bytes(to, "key", record.key());
        bytes(to, "value", record.value());
        to.writeArrayFieldStart("headers");
        for (Header header : record.headers()) {
            to.writeStartObject();
            to.writeStringField("key", header.key());
            byte[] value = header.value();
            bytes(to, "value", value == null ? null : ByteBuffer.wrap(value));
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    private static void bytes(JsonGenerator to, String name, @Nullable ByteBuffer bytes)
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

    @Override
    public void flush() {
        json.flush();
    }
}
