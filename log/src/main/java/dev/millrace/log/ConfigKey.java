package dev.millrace.log;

import dev.millrace.log.internal.NearestWord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A key of [TopicConfig] or [LogOptions]: what values it takes, and its default. Each is described
/// in `docs/reference/configuration.md`.
///
/// @param defaultValue as it is written
/// @param least of a number
/// @param most of a number
/// @param choices of a choice, in lower case
public record ConfigKey(
        String name, Type type, String defaultValue, long least, long most, List<String> choices) {

    /// What a value is, and its unit.
    public enum Type {
        /// A whole number of bytes.
        BYTES,
        /// A whole number of milliseconds.
        MILLISECONDS,
        /// A decimal number from 0 to 1.
        RATIO,
        /// One of a few words, in any case.
        CHOICE
    }

    static ConfigKey bytes(String name, long defaultValue, long least, long most) {
        return new ConfigKey(name, Type.BYTES, Long.toString(defaultValue), least, most, List.of());
    }

    static ConfigKey milliseconds(String name, long defaultValue, long least) {
        return new ConfigKey(
                name,
                Type.MILLISECONDS,
                Long.toString(defaultValue),
                least,
                Long.MAX_VALUE,
                List.of());
    }

    static ConfigKey ratio(String name, double defaultValue) {
        return new ConfigKey(name, Type.RATIO, Double.toString(defaultValue), 0, 1, List.of());
    }

    static ConfigKey choice(String name, String defaultValue, List<String> choices) {
        return new ConfigKey(name, Type.CHOICE, defaultValue, 0, 0, choices);
    }

    /// The range of its values, in words: `4096 to 1073741824`, `memory, os, fsync`.
    public String range() {
        return switch (type) {
            case CHOICE -> String.join(", ", choices);
            case BYTES, MILLISECONDS, RATIO ->
                    most == Long.MAX_VALUE ? "from " + least : least + " to " + most;
        };
    }

    /// The value as it is always written.
    ///
    /// @throws LogException `invalid-config` where it is none
    public String normalize(String text) {
        String stripped = text.strip().toLowerCase(Locale.ROOT);
        try {
            boolean known =
                    switch (type) {
                        case CHOICE -> choices.contains(stripped);
                        case RATIO -> isInRange(Double.parseDouble(stripped));
                        case BYTES, MILLISECONDS -> isInRange(Long.parseLong(stripped));
                    };
            if (known) {
                return stripped;
            }
        } catch (NumberFormatException e) {
            // said below, with the range
        }
        throw new LogException(
                LogException.Code.INVALID_CONFIG,
                "%s must be %s%s, not '%s'"
                        .formatted(
                                name,
                                type == Type.CHOICE ? "one of " : "a number ",
                                type == Type.CHOICE || most == Long.MAX_VALUE
                                        ? range()
                                        : "from " + range(),
                                text));
    }

    private boolean isInRange(long value) {
        return value >= least && value <= most;
    }

    private boolean isInRange(double value) {
        return value >= least && value <= most;
    }

    /// The keys' defaults, overridden by `given`; in the order of `keys`.
    ///
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    static Map<String, String> complete(
            String what, List<ConfigKey> keys, Map<String, String> given) {
        for (String name : given.keySet()) {
            if (keys.stream().noneMatch(key -> key.name.equals(name))) {
                List<String> known = keys.stream().map(ConfigKey::name).toList();
                throw new LogException(
                        LogException.Code.INVALID_CONFIG,
                        "unknown %s key '%s'; did you mean '%s'? Known keys: %s"
                                .formatted(
                                        what,
                                        name,
                                        NearestWord.to(name, known),
                                        String.join(", ", known)));
            }
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (ConfigKey key : keys) {
            String value = given.get(key.name);
            values.put(key.name, value == null ? key.defaultValue : key.normalize(value));
        }
        return Collections.unmodifiableMap(values);
    }
}
