package dev.millrace.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Results for programs: an array of objects, or a stream with one object a line.
public final class Json implements Closeable {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator generator;
    private final Console console;
    private final boolean array;

    /// Writes one object.
    @FunctionalInterface
    public interface Writer {
        void write(JsonGenerator to) throws IOException;
    }

    private Json(Console console, boolean array) {
        this.console = console;
        this.array = array;
        try {
            generator = FACTORY.createGenerator(console.out());
            generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
            generator.setPrettyPrinter(array ? new Indented() : new MinimalPrettyPrinter(""));
            if (array) {
                generator.writeStartArray();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An array; complete when it is closed.
    public static Json array(Console console) {
        return new Json(console, true);
    }

    /// One object a line.
    public static Json lines(Console console) {
        return new Json(console, false);
    }

    /// Adds an object; the writer writes its fields.
    public Json object(Writer fields) {
        try {
            generator.writeStartObject();
            fields.write(generator);
            generator.writeEndObject();
            if (!array) {
                generator.writeRaw('\n');
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes what was written visible.
    public void flush() {
        try {
            generator.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        console.flush();
    }

    @Override
    public void close() {
        try {
            if (array) {
                generator.writeEndArray();
                generator.writeRaw('\n');
            }
            generator.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An object of the array a line.
    private static final class Indented extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;
        private int depth;

        @Override
        public void writeStartArray(JsonGenerator to) throws IOException {
            depth++;
            super.writeStartArray(to);
        }

        @Override
        public void writeEndArray(JsonGenerator to, int values) throws IOException {
            depth--;
            super.writeEndArray(to, values);
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator to) throws IOException {
            super.writeArrayValueSeparator(to);
            if (depth == 1) {
                to.writeRaw("\n ");
            }
        }
    }
}
