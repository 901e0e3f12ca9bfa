package dev.millrace.server;

import dev.millrace.log.ConfigKey;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.server.internal.config.YamlKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The values of all keys of [ServerOptions], and where each comes from: an option of the command
/// line, else an environment variable, else the configuration file, else the default.
///
/// The variable of `log.min-free-bytes` is `MILLRACE_LOG_MIN_FREE_BYTES`. Immutable.
public final class Configuration {
    /// The file that is read where none is named, if it is there.
    public static final Path DEFAULT_FILE = Path.of("millrace.yaml");

    private final List<Entry> entries;
    private final List<String> problems;

    private Configuration(List<Entry> entries, List<String> problems) {
        this.entries = List.copyOf(entries);
        this.problems = List.copyOf(problems);
    }

    /// A key with its value.
    ///
    /// @param origin `default`, `millrace.yaml, line 3`, `MILLRACE_HTTP_LISTEN`, `--http`
    public record Entry(ConfigKey key, String value, String origin) {}

    /// A value from the command line.
    ///
    /// @param option that gave it
    public record Given(String key, String value, String option) {}

    /// Reads what there is. What is wrong does not keep the rest from being read: see [#problems].
    ///
    /// @param file null for [#DEFAULT_FILE], where there is one
    /// @param environment of the process
    /// @param commandLine values that go over all others
    /// @throws LogException `invalid-config` where there is no such file
    public static Configuration read(
            @Nullable Path file, Map<String, String> environment, List<Given> commandLine)
            throws IOException {
        Reading reading = new Reading();
        if (file != null && !Files.isRegularFile(file)) {
            throw new LogException(Code.INVALID_CONFIG, "there is no file " + file);
        }
        if (file != null || Files.isRegularFile(DEFAULT_FILE)) {
            reading.takeFile(file == null ? DEFAULT_FILE : file);
        }
        reading.takeEnvironment(environment);
        for (Given given : commandLine) {
            reading.take(given.key(), given.value(), given.option());
        }
        return new Configuration(List.copyOf(reading.entries.values()), reading.problems);
    }

    /// The environment variable of a key.
    public static String variable(ConfigKey key) {
        return "MILLRACE_" + key.name().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    /// Every key with its value, in the order of the reference.
    public List<Entry> entries() {
        return entries;
    }

    /// What is wrong, each with its place and what to do; empty where all is well.
    public List<String> problems() {
        if (!problems.isEmpty()) {
            return problems;
        }
        try {
            options();
            return List.of();
        } catch (LogException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /// The options that the values make.
    ///
    /// @throws LogException `invalid-config` where something is wrong
    public ServerOptions options() {
        if (!problems.isEmpty()) {
            throw new LogException(Code.INVALID_CONFIG, String.join("; ", problems));
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (!entry.origin().equals(Reading.DEFAULT)) {
                values.put(entry.key().name(), entry.value());
            }
        }
        return ServerOptions.of(values);
    }

    /// The values as far as they have been read.
    private static final class Reading {
        static final String DEFAULT = "default";

        final Map<String, Entry> entries = new LinkedHashMap<>();
        final List<String> problems = new ArrayList<>();

        Reading() {
            for (ConfigKey key : ServerOptions.keys()) {
                entries.put(key.name(), new Entry(key, key.defaultValue(), DEFAULT));
            }
        }

        void takeFile(Path file) throws IOException {
            YamlKeys yaml = YamlKeys.read(file);
            problems.addAll(yaml.problems());
            Map<String, String> places = new LinkedHashMap<>();
            for (YamlKeys.Line line : yaml.lines()) {
                String before = places.putIfAbsent(line.key(), line.place());
                if (before != null) {
                    problems.add(
                            "%s: %s has a value already, in %s"
                                    .formatted(line.place(), line.key(), before));
                }
                take(line.key(), line.value(), line.place());
            }
        }

        void takeEnvironment(Map<String, String> environment) {
            Map<String, ConfigKey> variables = new LinkedHashMap<>();
            TreeSet<String> beginnings = new TreeSet<>();
            for (ConfigKey key : ServerOptions.keys()) {
                String variable = variable(key);
                variables.put(variable, key);
                beginnings.add(variable.substring(0, variable.indexOf('_', 9) + 1));
            }
            environment.forEach(
                    (variable, value) -> {
                        ConfigKey key = variables.get(variable);
                        if (key != null) {
                            take(key.name(), value, variable);
                        } else if (beginnings.stream().anyMatch(variable::startsWith)) {
                            String word = variable.substring(9).toLowerCase(Locale.ROOT);
                            ConfigKey near =
                                    ConfigKey.nearest(word.replace('_', '.'), ServerOptions.keys());
                            problems.add(
                                    "%s: no configuration key has this variable; did you mean %s?"
                                            .formatted(variable, variable(near)));
                        }
                    });
        }

        void take(String name, String value, String origin) {
            Entry known = entries.get(name);
            if (known == null) {
                problems.add(
                        "%s: unknown configuration key '%s'; did you mean '%s'?"
                                .formatted(
                                        origin,
                                        name,
                                        ConfigKey.nearest(name, ServerOptions.keys()).name()));
                return;
            }
            try {
                String normal = known.key().normalize(value);
                entries.put(name, new Entry(known.key(), normal, origin));
            } catch (LogException e) {
                problems.add(origin + ": " + e.getMessage());
            }
        }
    }
}
