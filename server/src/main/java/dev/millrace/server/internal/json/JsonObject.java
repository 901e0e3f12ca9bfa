package dev.millrace.server.internal.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A JSON object that was read. Whoever asks for a field says what it must be; another kind of
/// value throws a [JsonException] that names the field and its line.
public final class JsonObject {
    private final Map<String, @Nullable Object> fields;
    private final int line;

    JsonObject(Map<String, @Nullable Object> fields, int line) {
        this.fields = fields;
        this.line = line;
    }

    /// Whether the field is there, null or not.
    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /// Refuses fields that nobody asks for: a misspelt one would be passed over in silence.
    public JsonObject requireKnown(String... known) {
        for (String name : fields.keySet()) {
            if (!Set.of(known).contains(name)) {
                throw new JsonException(
                        "unknown field '%s' in line %d; known here: %s"
                                .formatted(name, line, String.join(", ", known)));
            }
        }
        return this;
    }

    /// A text; null where it is not there, or null.
    public @Nullable String textOrNull(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw refused(name, "a text");
    }

    public String text(String name) {
        String value = textOrNull(name);
        if (value == null) {
            throw refused(name, "a text");
        }
        return value;
    }

    /// A whole number; `absent` where it is not there.
    public long number(String name, long absent) {
        Object value = fields.get(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Long number) {
            return number;
        }
        throw refused(name, "a whole number");
    }

    public long number(String name) {
        if (fields.get(name) == null) {
            throw refused(name, "a whole number");
        }
        return number(name, 0);
    }

    /// As [#number(String,long)], within the range of an `int`.
    public int integer(String name, int absent) {
        long value = number(name, absent);
        if (value != (int) value) {
            throw refused(name, "a whole number below 2^31");
        }
        return (int) value;
    }

    public int integer(String name) {
        number(name);
        return integer(name, 0);
    }

    /// Any number; 0 where it is not there.
    public double decimal(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof Number) {
            return value == null ? 0 : ((Number) value).doubleValue();
        }
        throw refused(name, "a number");
    }

    /// False where it is not there.
    public boolean flag(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof Boolean) {
            return value != null && (Boolean) value;
        }
        throw refused(name, "true or false");
    }

    public @Nullable JsonObject objectOrNull(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof JsonObject) {
            return (JsonObject) value;
        }
        throw refused(name, "an object");
    }

    /// Objects in an array; none where it is not there.
    public List<JsonObject> objects(String name) {
        return items(name, JsonObject.class, "an array of objects");
    }

    /// Texts in an array; none where it is not there.
    public List<String> texts(String name) {
        return items(name, String.class, "an array of texts");
    }

    private <T> List<T> items(String name, Class<T> type, String kind) {
        Object value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        List<T> items = new ArrayList<>();
        if (!(value instanceof List<?> array)) {
            throw refused(name, kind);
        }
        for (Object item : array) {
            if (!type.isInstance(item)) {
                throw refused(name, kind);
            }
            items.add(type.cast(item));
        }
        return items;
    }

    /// The fields of an object as text, numbers and switches as they are written; none where it is
    /// not there.
    public Map<String, String> textMap(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonObject object = objectOrNull(name);
        if (object != null) {
            object.fields.forEach(
                    (key, value) -> {
                        if (value == null || value instanceof JsonObject || value instanceof List) {
                            throw object.refused(key, "a text");
                        }
                        texts.put(key, value.toString());
                    });
        }
        return texts;
    }

    /// What is wrong with a field.
    public JsonException refused(String name, String expected) {
        return new JsonException(
                "'%s' in line %d must be %s%s"
                        .formatted(name, line, expected, has(name) ? "" : ", and is missing"));
    }
}
