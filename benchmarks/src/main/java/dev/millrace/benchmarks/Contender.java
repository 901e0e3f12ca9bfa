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
import java.util.List;
import java.util.stream.Stream;

/// One contender's turn in a round, in a process of its own.
final class Contender {
    static final String MILLRACE = "millrace";

    /// Millrace again: every case of the default run.
    static final String MILLRACE_ALONE = "millrace-alone";

    private static final long SEED = 20_261_101;

    private Contender() {}

    /// Names of all that can run here.
    static List<String> names() {
        Stream<String> peers = ArtemisJournal.all().stream().map(ArtemisJournal::system);
        return Stream.concat(Stream.of(MILLRACE), peers).toList();
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
        if (name.equals(MILLRACE) || name.equals(MILLRACE_ALONE)) {
            List<String> cases = cases(name);
            LogBench.run(new LogBench.Options(cases, false, json, folder, scale), _ -> {}, _ -> {});
        } else {
            peer(name, folder, json, scale);
        }
        System.exit(0); // the peers' threads would hold us
    }

    /// None for all of the default run.
    private static List<String> cases(String name) {
        return name.equals(MILLRACE) ? List.of(ArtemisJournal.CASE) : List.of();
    }

    private static void peer(String name, Path folder, Path json, Scale scale) throws Exception {
        ArtemisJournal peer =
                ArtemisJournal.all().stream()
                        .filter(a -> a.system().equals(name))
                        .findFirst()
                        .orElseThrow();
        try (Scratch scratch = Scratch.in(folder)) {
            Machine machine = Machine.of(scratch.root(), scale.probe());
            Row row = peer.run(scratch.folder(name), scale, new Values(SEED));
            JsonReport.write(json, name, machine, List.of(row));
        }
    }
}
