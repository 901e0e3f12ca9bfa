package dev.millrace.cli;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Console;
import dev.millrace.cli.consume.Consumption;
import dev.millrace.cli.consume.JsonPrinter;
import dev.millrace.cli.consume.RecordPrinter;
import dev.millrace.cli.consume.ValuePrinter;
import dev.millrace.cli.load.Timestamps;
import dev.millrace.log.EventLog;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace consume`.
@Command(
        name = "consume",
        description =
                "Print the records of a topic, one value a line: from the beginning to the present"
                        + " end, partition after partition.")
final class ConsumeCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic = "";

    @Option(names = "--partition", paramLabel = "P", description = "Only this partition.")
    private @Nullable Integer partition;

    @Option(
            names = "--offset",
            paramLabel = "O",
            description = "Begin with this offset; needs --partition where there are several.")
    private @Nullable Long offset;

    @Option(
            names = "--from-time",
            paramLabel = "T",
            description =
                    "Begin with the first record whose event time is not before T: ISO 8601, or"
                            + " milliseconds since the epoch.")
    private @Nullable String fromTime;

    @Option(names = "--max", paramLabel = "N", description = "Print at most N records.")
    private long max = Long.MAX_VALUE;

    @Option(
            names = "--follow",
            description = "At the end, wait for more; ended by --max or Ctrl-C.")
    private boolean follow;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    ConsumeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (offset != null && fromTime != null) {
            throw CommandException.usage("usage", "--offset and --from-time exclude each other");
        }
        RecordPrinter printer =
                output.json() ? new JsonPrinter(console) : new ValuePrinter(console);
        try (OpenLog<? extends EventLog> open = data.open();
                Consumption consumption =
                        new Consumption(open.log(), console, printer, Math.max(0, max))) {
            EventLog log = open.log();
            for (TopicPartition wanted : partitions(log.describeTopic(topic))) {
                consumption.add(wanted, start(log, wanted));
            }
            boolean sound = consumption.toPresentEnd();
            if (follow) {
                sound &= consumption.follow();
            }
            return sound ? 0 : 1;
        }
    }

    private List<TopicPartition> partitions(TopicDescription described) {
        List<TopicPartition> all = Topics.partitionsOf(described);
        if (partition == null) {
            if (offset != null && all.size() > 1) {
                throw CommandException.usage(
                        "usage",
                        "topic '%s' has %s: --offset needs --partition"
                                .formatted(topic, Topics.partitions(described)));
            }
            return all;
        }
        if (partition < 0 || partition >= all.size()) {
            throw CommandException.usage(
                    "unknown-partition",
                    "topic '%s' has no partition %d, only 0 to %d"
                            .formatted(topic, partition, all.size() - 1));
        }
        return List.of(all.get(partition));
    }

    private long start(EventLog log, TopicPartition from) {
        if (offset != null) {
            return offset;
        }
        if (fromTime == null) {
            return log.earliestOffset(from);
        }
        long time = Timestamps.parse(fromTime);
        if (time == Timestamps.NONE) {
            throw CommandException.usage(
                    "usage",
                    "'%s' is no time; write 2026-03-27T14:30:00Z, or milliseconds since the epoch"
                            .formatted(fromTime));
        }
        return log.offsetForTime(from, time).orElseGet(() -> log.latestOffset(from));
    }
}
