package dev.millrace.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs the contenders in turn, round after round, each turn in a process of its own under the same
/// flags of the JVM.
///
/// @param alone whether Millrace's other cases run at the end of each round
/// @param out told how far it is
record SideBySide(
        Path scratch,
        int rounds,
        Duration warmUp,
        Duration measured,
        boolean alone,
        Consumer<String> out) {
    private static final int MOST_MINUTES_A_TURN = 40;
    private static final Duration USUAL_WARM_UP = Duration.ofMillis(900);
    private static final Duration USUAL_CLOCK = Duration.ofMillis(1600);

    /// @return every figure, with its round and contender
    List<Figure> run() throws IOException, InterruptedException {
        Files.createDirectories(scratch);
        List<Figure> figures = new ArrayList<>();
        List<String> names = Contender.names();
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < names.size(); i++) {
                // Nobody always runs behind the same neighbour.
                String name = names.get((i + round - 1) % names.size());
                figures.addAll(turn(round, name, warmUp, measured));
            }
            if (alone) {
                figures.addAll(turn(round, Contender.MILLRACE_ALONE, USUAL_WARM_UP, USUAL_CLOCK));
            }
        }
        return figures;
    }

    /// One turn of the cases that take long and that no peer has.
    List<Figure> runFull() throws IOException, InterruptedException {
        Files.createDirectories(scratch);
        return turn(1, Contender.MILLRACE_FULL, USUAL_WARM_UP, USUAL_CLOCK);
    }

    private List<Figure> turn(int round, String name, Duration warm, Duration clock)
            throws IOException, InterruptedException {
        Path json = scratch.resolve("figures.json");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-X") || flag.startsWith("--"))
                .forEach(command::add);
        command.addAll(Contender.flags(name));
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Contender.class.getName(),
                        name,
                        scratch.resolve("data").toString(),
                        json.toString(),
                        Long.toString(warm.toMillis()),
                        Long.toString(clock.toMillis())));
        Files.deleteIfExists(json);
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            if (!process.waitFor(MOST_MINUTES_A_TURN, TimeUnit.MINUTES) || !Files.exists(json)) {
                throw new IOException("%s did not finish its turn".formatted(name));
            }
        } finally {
            process.destroyForcibly();
        }
        List<Figure> figures = new ArrayList<>();
        for (Figure figure : Figure.read(json)) {
            figures.add(figure.with("contender", name).with("round", round));
        }
        say(round, name, figures);
        return figures;
    }

    private void say(int round, String name, List<Figure> figures) {
        for (Figure figure : figures) {
            if (figure.has("failure") && figure.text("metric").equals("throughput")) {
                out.accept(
                        "round %d  %s  %s FAILED: %s"
                                .formatted(
                                        round, name, figure.text("case"), figure.text("failure")));
            } else if (figure.text("metric").equals("throughput")) {
                out.accept(
                        "round %d  %-20s %-26s %,12.0f/s"
                                .formatted(
                                        round, name, figure.text("case"), figure.number("value")));
            }
        }
    }
}
