package dev.millrace.server.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// Writes JSON objects, one a line. For one thread.
public final class JsonOutput {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator generator;

    /// Writes the fields of an object.
    @FunctionalInterface
    public interface Fields {
        void write(JsonGenerator to) throws IOException;
    }

    private JsonOutput(JsonGenerator generator) {
        this.generator = generator;
    }

    /// Lines to a stream, which stays open.
    public static JsonOutput lines(OutputStream to) throws IOException {
        JsonGenerator generator = FACTORY.createGenerator(to);
        generator.setPrettyPrinter(new MinimalPrettyPrinter(""));
        return new JsonOutput(generator);
    }

    /// One object as bytes.
    public static byte[] bytes(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator to = FACTORY.createGenerator(bytes)) {
            to.writeStartObject();
            fields.write(to);
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Writes a line.
    public void object(Fields fields) throws IOException {
        generator.writeStartObject();
        fields.write(generator);
        generator.writeEndObject();
        generator.writeRaw('\n');
    }

    /// Sends what was written.
    public void flush() throws IOException {
        generator.flush();
    }
}
