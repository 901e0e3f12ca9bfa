package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.Durability;
import dev.millrace.log.EventLog;
import dev.millrace.log.Profile;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic create`.
@Command(name = "create", description = "Create a topic, and the log where there is none.")
final class TopicCreateCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "The topic's name.")
    private String name = "";

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many partitions it has (default: ${DEFAULT-VALUE}).")
    private int partitions = 1;

    @Option(
            names = "--durability",
            paramLabel = "WHEN",
            description =
                    "When a record is acknowledged: fsync (on stable storage, the default) or os"
                            + " (in the page cache).")
    private @Nullable Durability durability;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description =
                    "Begin with what a profile sets for topics: latency, throughput or durability.")
    private @Nullable Profile profile;

    @Option(
            names = "--config",
            paramLabel = "KEY=VALUE",
            description = "Set a configuration key; may be repeated.")
    private Map<String, String> config = new LinkedHashMap<>();

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    TopicCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Map<String, String> keys = new LinkedHashMap<>();
        if (profile != null) {
            keys.putAll(profile.topicKeys());
        }
        keys.putAll(config);
        TopicSpec spec = new TopicSpec(name, partitions, keys);
        if (durability != null) {
            spec = spec.durability(durability);
        }
        try (OpenLog<? extends EventLog> open = data.openOrCreate()) {
            TopicDescription created = open.log().createTopic(spec);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    json.object(to -> Topics.describe(to, created));
                }
            } else {
                console.line(
                        "created topic %s: %s, durability %s"
                                .formatted(
                                        created.name(),
                                        Topics.partitions(created),
                                        created.config().durability().key()));
            }
        }
        return 0;
    }
}
