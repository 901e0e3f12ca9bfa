package dev.millrace.benchmarks.kafka;

import dev.millrace.benchmarks.Figure;
import dev.millrace.benchmarks.kafka.Turn.Scale;
import dev.millrace.cli.bench.Machine;
import dev.millrace.cli.bench.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// `./build bench kafka`: the served log beside a Kafka broker, turn by turn, under the same load.
public final class KafkaBench {
    private static final Duration PROBE = Duration.ofSeconds(1);
    private static final int FIRST_PORT = 21_092;
    private static final long TOUCHED_BYTES = 3L << 30;

    private final Path scratch;
    private final int rounds;
    private final Scale scale;
    private final Consumer<String> out;

    /// @param seconds of a case with a clock; the others do about as much
    /// @param out told how far it is
    public KafkaBench(Path scratch, int rounds, int seconds, Consumer<String> out) {
        this.scratch = scratch;
        this.rounds = rounds;
        this.scale = new Scale(1_000_000L * seconds, 2_000 * seconds, seconds);
        this.out = out;
    }

    /// @return every figure, with its round and contender
    public List<Figure> run() throws IOException, InterruptedException, ExecutionException {
        touchMemory();
        List<Figure> figures = new ArrayList<>();
        figures.addAll(machine());
        Path warm = scratch.resolve("warm");
        new Turn(Contestant.MILLRACE, warm, FIRST_PORT, scale, _ -> {}).warmUp();
        Scratch.delete(warm);
        Contestant[] contestants = Contestant.values();
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < contestants.length; i++) {
                Contestant contestant = contestants[(i + round - 1) % contestants.length];
                Path folder = scratch.resolve(contestant.system());
                out.accept("round %d: %s".formatted(round, contestant.system()));
                int port = FIRST_PORT + 10 * (round * contestants.length + i);
                for (Figure figure : new Turn(contestant, folder, port, scale, this::tell).run()) {
                    figures.add(figure.with("round", round));
                }
                Scratch.delete(folder);
            }
        }
        return figures;
    }

    private void tell(Figure figure) {
        out.accept(
                "  %-24s %-10s %,14.2f %s"
                        .formatted(
                                figure.text("case"),
                                figure.text("metric"),
                                figure.number("value"),
                                figure.text("unit")));
    }

    /// Memory that a virtual machine has never touched is given to it by its host page by page,
    /// while somebody waits: nobody's turn shall pay for that.
    private void touchMemory() throws IOException {
        Path file = scratch.resolve("touched");
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE)) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
            for (long written = 0; written < TOUCHED_BYTES; written += bytes.capacity()) {
                channel.write(bytes.clear());
            }
        }
    }

    private List<Figure> machine() throws IOException {
        Machine machine = Machine.of(scratch, PROBE);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("case", "run");
        fields.put("metric", "force.p99");
        fields.put("value", machine.forceP99Micros());
        fields.put("unit", "µs");
        fields.put("date", machine.date());
        fields.put("cpuModel", machine.cpu());
        fields.put("cores", machine.cores());
        fields.put("memory", machine.memoryBytes());
        fields.put("fileSystem", machine.fileSystem());
        fields.put("os", machine.os());
        fields.put("jdk", machine.jdk());
        fields.put("force.p50", machine.forceP50Micros());
        return List.of(new Figure(fields));
    }
}
