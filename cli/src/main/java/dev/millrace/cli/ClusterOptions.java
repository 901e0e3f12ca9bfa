package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.kafka.KafkaLog;
import dev.millrace.kafka.KafkaLogOptions;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The log on an Apache Kafka cluster, where one is named.
final class ClusterOptions {
    private static final String SCHEME = "kafka://";
    private static final Pattern BROKERS = Pattern.compile("[^,/@\\s]+:\\d+(,[^,/@\\s]+:\\d+)*");

    /// Held, or its level would be forgotten.
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    @Option(
            names = "--log",
            paramLabel = "kafka://HOST:PORT[,HOST:PORT]",
            description =
                    "The log on the Apache Kafka cluster of these brokers, instead of --data.")
    private @Nullable String log;

    @Option(
            names = "--log-config",
            paramLabel = "FILE",
            description = "With --log: a file of cluster.* keys, one KEY=VALUE a line.")
    private @Nullable Path file;

    /// Whether the command works on a cluster.
    boolean given() {
        if (file != null && log == null) {
            throw CommandException.usage("usage", "--log-config needs --log kafka://HOST:PORT");
        }
        return log != null;
    }

    /// Where the log is, for messages.
    String place() {
        return Objects.requireNonNull(log);
    }

    /// Opens the log on the cluster.
    KafkaLog open() {
        String brokers = brokers(place());
        keepQuiet();
        return KafkaLog.open(brokers, KafkaLogOptions.of(keys()));
    }

    private static String brokers(String log) {
        String brokers = log.startsWith(SCHEME) ? log.substring(SCHEME.length()) : "";
        if (!BROKERS.matcher(brokers).matches()) {
            throw CommandException.usage(
                    "usage",
                    "'%s' names no log; write kafka://HOST:PORT, with a comma before each further HOST:PORT"
                            .formatted(log));
        }
        return brokers;
    }

    private Map<String, String> keys() {
        Map<String, String> keys = new HashMap<>();
        if (file == null) {
            return keys;
        }
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            read.load(reader);
        } catch (NoSuchFileException e) {
            throw CommandException.usage("no-file", "there is no file " + file);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException("io", "cannot read %s: %s".formatted(file, e));
        }
        read.stringPropertyNames().forEach(key -> keys.put(key, read.getProperty(key)));
        return keys;
    }

    /// What Kafka's clients log is theirs to say, once a second while a broker is away; our errors
    /// say what matters of it. Whoever configures the JDK's logging gets all of it.
    private static void keepQuiet() {
        if (System.getProperty("java.util.logging.config.file") == null
                && System.getProperty("java.util.logging.config.class") == null) {
            KAFKA.setLevel(Level.OFF);
        }
    }
}
