package dev.millrace.benchmarks;

import dev.millrace.benchmarks.kafka.KafkaBench;
import dev.millrace.benchmarks.kafka.KafkaSummary;
import dev.millrace.cli.bench.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./build bench AREA`: Millrace side by side with its peers, on the same work, in the same run.
@Command(
        name = "build bench",
        description = "Measure Millrace side by side with its peers.",
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    @Parameters(paramLabel = "AREA", description = "log, kafka; or micro, with the options of JMH")
    private String area = "log";

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Turns of each contender (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "How long the clock runs in a turn (default: ${DEFAULT-VALUE}).")
    private int seconds = 5;

    @Option(names = "--peers-only", description = "Leave out the cases that no peer has.")
    private boolean peersOnly;

    @Option(
            names = "--full",
            description = "Only the cases that take long, once; no peer has them.")
    private boolean full;

    @Option(
            names = "--dry-run",
            description = "Print the tables; leave BENCHMARKS.md and benchmarks/results alone.")
    private boolean dryRun;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Work in this empty folder (default: a fresh one below ./millrace-bench).")
    private @Nullable Path data;

    private Main() {}

    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals("micro")) {
            // JMH has options of its own.
            org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        return switch (area) {
            case "log" -> log();
            case "kafka" -> kafka();
            default -> {
                System.err.println(
                        "build bench: there is no area '"
                                + area
                                + "'; there are: log, kafka, micro");
                yield 2;
            }
        };
    }

    private int kafka() throws Exception {
        List<Figure> figures;
        try (Scratch scratch = Scratch.in(data)) {
            figures = new KafkaBench(scratch.root(), rounds, seconds, System.out::println).run();
        }
        List<String> section =
                new KafkaSummary(figures)
                        .markdown(
                                "./build bench kafka --rounds %d --seconds %d"
                                        .formatted(rounds, seconds));
        section.forEach(System.out::println);
        if (!dryRun) {
            write(figures, section, "kafka");
        }
        return 0;
    }

    private int log() throws Exception {
        List<Figure> figures;
        try (Scratch scratch = Scratch.in(data)) {
            Duration warmUp = Duration.ofMillis(Math.max(1500, seconds * 400L));
            SideBySide turns =
                    new SideBySide(
                            scratch.root().resolve("turns"),
                            rounds,
                            warmUp,
                            Duration.ofSeconds(seconds),
                            !peersOnly,
                            System.out::println);
            figures = full ? turns.runFull() : turns.run();
        }
        Summary summary = new Summary(figures);
        List<String> section =
                full
                        ? summary.markdownOfFull("./build bench log --full")
                        : summary.markdown("./build bench log");
        section.forEach(System.out::println);
        if (!dryRun) {
            write(figures, section, full ? "log --full" : "log");
        }
        return figures.stream().noneMatch(figure -> figure.has("failure")) ? 0 : 1;
    }

    private static void write(List<Figure> figures, List<String> section, String what)
            throws IOException {
        Path root = Checkout.root();
        Path results = root.resolve("benchmarks/results");
        Files.createDirectories(results);
        Figure.write(results.resolve(fileName(what)), figures);
        new GeneratedSection(root.resolve("BENCHMARKS.md"), what).replace(section);
    }

    private static String fileName(String what) {
        return LocalDate.now(ZoneOffset.UTC) + "-" + what.replace(" --", "-") + ".json";
    }
}
