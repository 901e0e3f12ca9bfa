package dev.millrace.log;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The configuration of a topic. Keys have Kafka's names where Kafka has them; each is described in
/// `docs/reference/configuration.md`.
///
/// @param durability `durability`
/// @param segmentBytes `segment.bytes`: where a segment ends and the next begins
/// @param indexIntervalBytes `index.interval.bytes`: bytes of batches from one index entry to the
///   next
/// @param maxMessageBytes `max.message.bytes`: the largest record batch, header included
/// @param maxRecordBytes `max.record.bytes`: the largest record, key and value and headers together
/// @param compression `compression.type`: for records that Millrace puts into batches itself
public record TopicConfig(
        Durability durability,
        int segmentBytes,
        int indexIntervalBytes,
        int maxMessageBytes,
        int maxRecordBytes,
        Compression compression) {

    public static final List<String> KEYS =
            List.of(
                    "durability",
                    "segment.bytes",
                    "index.interval.bytes",
                    "max.message.bytes",
                    "max.record.bytes",
                    "compression.type");

    /// `fsync`, 1 GiB segments, an index entry every 4 KiB, batches to 1 MiB + 12 B, records to 1
    /// MiB, no compression.
    public static TopicConfig defaults() {
        return new TopicConfig(
                Durability.FSYNC, 1 << 30, 4096, 1_048_588, 1 << 20, Compression.NONE);
    }

    /// Defaults, overridden by `keys`.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public static TopicConfig of(Map<String, String> keys) {
        for (String key : keys.keySet()) {
            if (!KEYS.contains(key)) {
                throw invalid(
                        "unknown topic configuration key '%s'; did you mean '%s'? Known keys: %s"
                                .formatted(key, nearest(key), String.join(", ", KEYS)));
            }
        }
        TopicConfig base = defaults();
        return new TopicConfig(
                choice(keys, "durability", Durability.class, base.durability),
                number(keys, "segment.bytes", base.segmentBytes, 1 << 12, 1 << 30),
                number(keys, "index.interval.bytes", base.indexIntervalBytes, 0, 1 << 30),
                number(keys, "max.message.bytes", base.maxMessageBytes, 128, 1 << 28),
                number(keys, "max.record.bytes", base.maxRecordBytes, 1, 1 << 28),
                choice(keys, "compression.type", Compression.class, base.compression));
    }

    /// Every key with its value, in the order of [#KEYS].
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("durability", durability.key());
        map.put("segment.bytes", Integer.toString(segmentBytes));
        map.put("index.interval.bytes", Integer.toString(indexIntervalBytes));
        map.put("max.message.bytes", Integer.toString(maxMessageBytes));
        map.put("max.record.bytes", Integer.toString(maxRecordBytes));
        map.put("compression.type", compression.key());
        return map;
    }

    private static int number(
            Map<String, String> keys, String key, int fallback, int least, int most) {
        String text = keys.get(key);
        if (text == null) {
            return fallback;
        }
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, with the range
        }
        throw invalid(
                "%s must be a number from %d to %d, not '%s'".formatted(key, least, most, text));
    }

    private static <E extends Enum<E>> E choice(
            Map<String, String> keys, String key, Class<E> type, E fallback) {
        String text = keys.get(key);
        if (text == null) {
            return fallback;
        }
        for (E value : type.getEnumConstants()) {
            if (value.name().equals(text.strip().toUpperCase(Locale.ROOT))) {
                return value;
            }
        }
        StringBuilder choices = new StringBuilder();
        for (E value : type.getEnumConstants()) {
            choices.append(choices.isEmpty() ? "" : ", ")
                    .append(value.name().toLowerCase(Locale.ROOT));
        }
        throw invalid("%s must be one of %s, not '%s'".formatted(key, choices, text));
    }

    private static String nearest(String key) {
        String best = KEYS.getFirst();
        for (String known : KEYS) {
            if (distance(key, known) < distance(key, best)) {
                best = known;
            }
        }
        return best;
    }

    /// Edits (insert, delete, replace a character) from one word to another.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    private static LogException invalid(String message) {
        return new LogException(LogException.Code.INVALID_CONFIG, message);
    }
}
