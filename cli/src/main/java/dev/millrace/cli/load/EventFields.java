package dev.millrace.cli.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamReadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds key and time among the top-level fields of a line of JSON. Of several wanted fields the
/// one named first wins. For one thread.
public final class EventFields {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final List<String> keyFields;
    private final List<String> timeFields;
    private @Nullable String key;
    private long timestampMillis = Timestamps.NONE;
    private @Nullable String problem;

    public EventFields(List<String> keyFields, List<String> timeFields) {
        this.keyFields = List.copyOf(keyFields);
        this.timeFields = List.copyOf(timeFields);
    }

    /// Reads a line, all of it; whether it is one JSON object.
    public boolean read(Line line) {
        key = null;
        timestampMillis = Timestamps.NONE;
        problem = null;
        try (JsonParser parser = FACTORY.createParser(line.bytes(), line.offset(), line.length())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return failed("it is not a JSON object");
            }
            readFields(parser);
            return parser.nextToken() == null || failed("something stands behind the JSON object");
        } catch (StreamReadException e) {
            return failed(e.getOriginalMessage() + at(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String at(StreamReadException e) {
        return e.getLocation() == null ? "" : ", at column " + e.getLocation().getColumnNr();
    }

    private boolean failed(String why) {
        key = null;
        timestampMillis = Timestamps.NONE;
        problem = why;
        return false;
    }

    private void readFields(JsonParser parser) throws IOException {
        int keyRank = keyFields.size();
        int timeRank = timeFields.size();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            int rank = keyRank == 0 ? -1 : keyFields.indexOf(name);
            if (rank >= 0
                    && rank < keyRank
                    && value.isScalarValue()
                    && value != JsonToken.VALUE_NULL) {
                key = parser.getText();
                keyRank = rank;
                continue;
            }
            rank = timeRank == 0 ? -1 : timeFields.indexOf(name);
            if (rank >= 0 && rank < timeRank && value.isScalarValue()) {
                long time = Timestamps.parse(parser.getText());
                timestampMillis = time == Timestamps.NONE ? timestampMillis : time;
                timeRank = time == Timestamps.NONE ? timeRank : rank;
                continue;
            }
            parser.skipChildren();
        }
    }

    /// The key as text; null where none of the fields has a text, a number or a truth value.
    public @Nullable String key() {
        return key;
    }

    /// The key as UTF-8.
    public byte @Nullable [] keyBytes() {
        return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    }

    /// Milliseconds since the epoch; [Timestamps#NONE] where no field has a time.
    public long timestampMillis() {
        return timestampMillis;
    }

    /// What is wrong with the line; null where nothing is.
    public @Nullable String problem() {
        return problem;
    }
}
