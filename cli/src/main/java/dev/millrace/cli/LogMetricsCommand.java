package dev.millrace.cli;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogMetrics;
import dev.millrace.server.MetricsJson;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace log metrics`.
@Command(
        name = "metrics",
        description = "Open a log and show what it measures: sizes, offsets, epochs, recovery.")
final class LogMetricsCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private DataOptions data = new DataOptions();
    @Mixin private JsonOption output = new JsonOption();

    LogMetricsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (OpenLog<LocalLog> open = data.openDirectory()) {
            LogMetrics metrics = open.log().metrics();
            if (output.json()) {
                try (Json json = Json.array(console)) {
                    for (LogMetrics.Sample sample : metrics.samples()) {
                        json.object(to -> MetricsJson.write(to, sample));
                    }
                }
            } else {
                MetricsPrinter.printDistributions(console, metrics);
                MetricsPrinter.printOfLog(console, metrics);
                MetricsPrinter.printOfPartitions(console, metrics);
            }
        }
        return 0;
    }
}
