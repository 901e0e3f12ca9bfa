package dev.millrace.log;

import dev.millrace.log.internal.NearestWord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A key of [TopicConfig], of [LogOptions], or of the options of another module: what values it
/// takes, and its default. Each is described in `docs/reference/configuration.md`.
///
/// @param defaultValue as it is written
/// @param least of a number
/// @param most of a number; [Long#MAX_VALUE] where it has no upper bound
/// @param choices of a choice, in lower case
public record ConfigKey(
        String name, Type type, String defaultValue, long least, long most, List<String> choices) {

    /// What a value is, and its unit.
    public enum Type {
        /// A whole number of bytes.
        BYTES,
        /// A whole number of milliseconds.
        MILLISECONDS,
        /// A whole number of something else.
        NUMBER,
        /// A decimal number from 0 to 1.
        RATIO,
        /// `true` or `false`, in any case.
        BOOLEAN,
        /// One of a few words, in any case.
        CHOICE,
        /// Any text; spaces around it are dropped.
        TEXT
    }

    /// A number of bytes, from `least` to `most`.
    public static ConfigKey bytes(String name, long defaultValue, long least, long most) {
        return number(Type.BYTES, name, defaultValue, least, most);
    }

    /// A number of milliseconds, from `least` on.
    public static ConfigKey milliseconds(String name, long defaultValue, long least) {
        return number(Type.MILLISECONDS, name, defaultValue, least, Long.MAX_VALUE);
    }

    /// A number, from `least` to `most`.
    public static ConfigKey number(String name, long defaultValue, long least, long most) {
        return number(Type.NUMBER, name, defaultValue, least, most);
    }

    private static ConfigKey number(
            Type type, String name, long defaultValue, long least, long most) {
        return new ConfigKey(name, type, Long.toString(defaultValue), least, most, List.of());
    }

    /// A decimal number from 0 to 1.
    public static ConfigKey ratio(String name, double defaultValue) {
        return new ConfigKey(name, Type.RATIO, Double.toString(defaultValue), 0, 1, List.of());
    }

    /// `true` or `false`.
    public static ConfigKey bool(String name, boolean defaultValue) {
        return new ConfigKey(
                name, Type.BOOLEAN, Boolean.toString(defaultValue), 0, 0, List.of("true", "false"));
    }

    /// One of `choices`, which are in lower case.
    public static ConfigKey choice(String name, String defaultValue, List<String> choices) {
        return new ConfigKey(name, Type.CHOICE, defaultValue, 0, 0, choices);
    }

    /// Any text.
    public static ConfigKey text(String name, String defaultValue) {
        return new ConfigKey(name, Type.TEXT, defaultValue, 0, 0, List.of());
    }

    /// The range of its values, in words: `4096 to 1073741824`, `memory, os, fsync`.
    public String range() {
        return switch (type) {
            case CHOICE, BOOLEAN -> String.join(", ", choices);
            case TEXT -> "text";
            case BYTES, MILLISECONDS, NUMBER, RATIO ->
                    most == Long.MAX_VALUE ? "from " + least : least + " to " + most;
        };
    }

    /// The value as it is always written.
    ///
    /// @throws LogException `invalid-config` where it is none
    public String normalize(String text) {
        if (type == Type.TEXT) {
            return text.strip();
        }
        String stripped = text.strip().toLowerCase(Locale.ROOT);
        try {
            boolean known =
                    switch (type) {
                        case CHOICE, BOOLEAN -> choices.contains(stripped);
                        case RATIO -> isInRange(Double.parseDouble(stripped));
                        case BYTES, MILLISECONDS, NUMBER -> isInRange(Long.parseLong(stripped));
                        case TEXT -> true;
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
                                choices.isEmpty() ? "a number " : "one of ",
                                !choices.isEmpty() || most == Long.MAX_VALUE
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

    /// The key whose name is most like a word that somebody wrote.
    ///
    /// @param keys at least one
    public static ConfigKey nearest(String word, List<ConfigKey> keys) {
        String name = NearestWord.to(word, keys.stream().map(ConfigKey::name).toList());
        return keys.stream().filter(key -> key.name.equals(name)).findFirst().orElseThrow();
    }

    /// The keys' defaults, overridden by `given`; in the order of `keys`.
    ///
    /// @param what they configure, for the error: `topic configuration`
    /// @throws LogException `invalid-config` for an unknown key or a value out of its range
    public static Map<String, String> complete(
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
                                        nearest(name, keys).name,
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
