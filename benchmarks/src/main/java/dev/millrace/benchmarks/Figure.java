package dev.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One object of a file of figures: text, numbers and truth values by name, in their order.
public record Figure(Map<String, Object> fields) {

    /// The text of a field; empty where it is not there.
    public String text(String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    /// The number in a field; not a number where it is not there.
    public double number(String name) {
        return fields.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /// The same with one more field.
    public Figure with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put(name, value);
        more.putAll(fields);
        return new Figure(more);
    }

    /// Reads an array of flat objects.
    static List<Figure> read(Path file) throws IOException {
        List<Figure> figures = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file);
                JsonParser parser = new JsonFactory().createParser(in)) {
            Map<String, Object> fields = new LinkedHashMap<>();
            JsonToken token = parser.nextToken();
            while (token != null) {
                if (token == JsonToken.END_OBJECT) {
                    figures.add(new Figure(fields));
                    fields = new LinkedHashMap<>();
                }
                Object value = scalar(parser, token);
                if (value != null) {
                    fields.put(parser.currentName(), value);
                }
                token = parser.nextToken();
            }
        }
        return figures;
    }

    private static @Nullable Object scalar(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            default -> null;
        };
    }

    /// Writes an array, an object a line.
    static void write(Path file, List<Figure> figures) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file);
                JsonGenerator to = new JsonFactory().createGenerator(out)) {
            to.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
            to.writeStartArray();
            for (Figure figure : figures) {
                to.writeRaw('\n');
                to.writeStartObject();
                for (Map.Entry<String, Object> field : figure.fields.entrySet()) {
                    to.writePOJOField(field.getKey(), field.getValue());
                }
                to.writeEndObject();
            }
            to.writeRaw('\n');
            to.writeEndArray();
            to.writeRaw('\n');
        }
    }
}
