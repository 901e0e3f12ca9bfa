package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.cli.load.Timestamps;
import dev.millrace.kafka.GroupDescription;
import dev.millrace.kafka.OffsetSpec;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.server.RemoteLog;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace group reset-offsets`.
@Command(
        name = "reset-offsets",
        description = "Have a consumer group without members go on elsewhere.")
final class GroupResetOffsetsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "GROUP", description = "The group's id.")
    private String group = "";

    @Option(
            names = "--topic",
            paramLabel = "T",
            description = "Only this topic (default: wherever the group has an offset).")
    private @Nullable String topic;

    @Option(
            names = "--partition",
            paramLabel = "P",
            description = "Only this partition; needs --topic.")
    private @Nullable Integer partition;

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    /// Where it goes on: one of these.
    private static final class Target {
        @Option(names = "--to-offset", paramLabel = "N", description = "Go on at this offset.")
        private @Nullable Long offset;

        @Option(names = "--to-earliest", description = "Go on at the first record.")
        private boolean earliest;

        @SuppressWarnings("unused") // what is left where none of the others is given
        @Option(names = "--to-latest", description = "Go on behind the last record.")
        private boolean latest;

        @Option(
                names = "--to-time",
                paramLabel = "T",
                description =
                        "Go on at the first record whose event time is not before T: ISO 8601, or"
                                + " milliseconds since the epoch.")
        private @Nullable String time;

        OffsetSpec spec() {
            if (offset != null) {
                return OffsetSpec.at(offset);
            }
            if (time == null) {
                return earliest ? OffsetSpec.earliest() : OffsetSpec.latest();
            }
            long millis = Timestamps.parse(time);
            if (millis == Timestamps.NONE) {
                throw CommandException.usage(
                        "usage",
                        "--to-time is a time like 2026-03-27T14:30:00Z or milliseconds since the epoch, and not '%s'"
                                .formatted(time));
            }
            return OffsetSpec.atTime(millis);
        }
    }

    GroupResetOffsetsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        OffsetSpec to = target.spec();
        if (partition != null && topic == null) {
            throw CommandException.usage("usage", "--partition needs --topic");
        }
        try (RemoteLog log = data.openServed()) {
            List<GroupDescription.Offset> offsets =
                    log.groups().resetOffsets(group, partitions(log), to);
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    offsets.forEach(
                            offset -> json.object(fields -> GroupOffsets.write(fields, offset)));
                }
            } else if (offsets.isEmpty()) {
                console.line(
                        "group %s has no offsets; --topic names where it shall have some"
                                .formatted(group));
            } else {
                GroupOffsets.print(console, offsets);
            }
        }
        return 0;
    }

    private Set<TopicPartition> partitions(RemoteLog log) {
        if (topic == null) {
            return log.groups().describe(group).offsets().stream()
                    .map(GroupDescription.Offset::partition)
                    .collect(Collectors.toSet());
        }
        TopicDescription described = log.describeTopic(topic);
        if (partition == null) {
            return Set.copyOf(Topics.partitionsOf(described));
        }
        if (partition < 0 || partition >= described.partitions()) {
            throw CommandException.usage(
                    "unknown-partition",
                    "topic '%s' has no partition %d: it has %d, from 0"
                            .formatted(topic, partition, described.partitions()));
        }
        return Set.of(new TopicPartition(topic, partition));
    }
}
