package dev.millrace.benchmarks;

import dev.millrace.cli.bench.JsonReport;
import dev.millrace.cli.bench.LogBench;
import dev.millrace.cli.bench.Machine;
import dev.millrace.cli.bench.Row;
import dev.millrace.cli.bench.Scale;
import dev.millrace.cli.bench.Scratch;
import dev.millrace.cli.bench.Values;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// One contender's turn in a round, in a process of its own.
final class Contender {
    static final String MILLRACE = "millrace";

    /// Millrace again: every case of the default run.
    static final String MILLRACE_ALONE = "millrace-alone";

    /// Millrace once more: the cases that `--full` adds.
    static final String MILLRACE_FULL = "millrace-full";

    private static final long SEED = 20_261_101;

    private Contender() {}

    /// Names of all that can run here.
    static List<String> names() {
        Stream<String> peers = ArtemisJournal.all().stream().map(ArtemisJournal::system);
        return Stream.of(Stream.of(MILLRACE), peers, Stream.of(ChronicleQueue.SYSTEM))
                .flatMap(names -> names)
                .toList();
    }

    /// The cases that a peer has too, in the order of the tables.
    static List<String> shared() {
        return Stream.concat(Stream.of(ArtemisJournal.CASE), ChronicleQueue.CASES.stream())
                .toList();
    }

    /// What a contender needs of the JVM beside what all have.
    static List<String> flags(String name) {
        return name.equals(ChronicleQueue.SYSTEM) ? ChronicleQueue.FLAGS : List.of();
    }

    /// @param args the contender's name, the folder to work in, the file for its figures,
    ///   milliseconds of warm-up and of measuring
    public static void main(String[] args) throws Exception {
        String name = args[0];
        Path folder = Path.of(args[1]);
        Path json = Path.of(args[2]);
        Scale scale =
                Scale.standard()
                        .withWarmUp(Duration.ofMillis(Long.parseLong(args[3])))
                        .withMeasured(Duration.ofMillis(Long.parseLong(args[4])));
        if (name.startsWith(MILLRACE)) {
            List<String> cases = cases(name);
            LogBench.run(new LogBench.Options(cases, false, json, folder, scale), _ -> {}, _ -> {});
        } else {
            peer(name, folder, json, scale);
        }
        System.exit(0); // the peers' threads would hold us
    }

    /// None for all of the default run.
    private static List<String> cases(String name) {
        return switch (name) {
            case MILLRACE -> shared();
            case MILLRACE_FULL -> LogBench.longCaseNames();
            default -> List.of();
        };
    }

    private static void peer(String name, Path folder, Path json, Scale scale) throws Exception {
        try (Scratch scratch = Scratch.in(folder)) {
            Machine machine = Machine.of(scratch.root(), scale.probe());
            Values values = new Values(SEED);
            List<Row> rows = new ArrayList<>();
            if (name.equals(ChronicleQueue.SYSTEM)) {
                for (String one : ChronicleQueue.CASES) {
                    Path place = scratch.folder(one);
                    rows.add(ChronicleQueue.run(one, place, scale, values));
                    Scratch.delete(place);
                }
            } else {
                rows.add(artemis(name).run(scratch.folder(name), scale, values));
            }
            JsonReport.write(json, name, machine, rows);
        }
    }

    private static ArtemisJournal artemis(String name) {
        return ArtemisJournal.all().stream()
                .filter(journal -> journal.system().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
