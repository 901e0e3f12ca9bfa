package dev.millrace.server.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads JSON objects one after the other, each whole. For one thread.
public final class JsonInput implements Closeable {
    private static final int MOST_DEPTH = 32;
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MOST_DEPTH)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final JsonParser parser;

    private JsonInput(JsonParser parser) {
        this.parser = parser;
    }

    public static JsonInput of(InputStream from) throws IOException {
        return new JsonInput(FACTORY.createParser(from));
    }

    /// The only object of a text.
    ///
    /// @throws JsonException where it is something else
    public static JsonObject object(InputStream from) throws IOException {
        try (JsonInput input = of(from)) {
            JsonObject only = input.next();
            if (only == null) {
                throw new JsonException("a JSON object is expected, and there is nothing");
            }
            if (input.next() != null) {
                throw new JsonException("one JSON object is expected, and there is another behind");
            }
            return only;
        }
    }

    /// The next object; null at the end.
    ///
    /// @throws JsonException where there is something else
    public @Nullable JsonObject next() throws IOException {
        try {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return null;
            }
            if (token != JsonToken.START_OBJECT) {
                throw new JsonException("a JSON object is expected%s".formatted(place()));
            }
            return readObject();
        } catch (JsonProcessingException e) {
            // without the text around, which is a payload
            throw new JsonException(
                    "this is no JSON%s: %s".formatted(place(), e.getOriginalMessage()));
        }
    }

    private String place() {
        return " in line %d, column %d"
                .formatted(
                        parser.currentLocation().getLineNr(),
                        parser.currentLocation().getColumnNr());
    }

    private JsonObject readObject() throws IOException {
        int line = parser.currentLocation().getLineNr();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, readValue());
        }
        return new JsonObject(fields, line);
    }

    private List<@Nullable Object> readArray() throws IOException {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(readValue());
        }
        return items;
    }

    private @Nullable Object readValue() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> readObject();
            case START_ARRAY -> readArray();
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new JsonException("unexpected end%s".formatted(place()));
        };
    }

    private Object whole() throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> parser.getDoubleValue(); // whoever wants a whole number refuses it
        };
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
