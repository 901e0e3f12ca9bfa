package dev.millrace.benchmarks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.benchmarks.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSummaryTest {
    private final List<Figure> figures = new ArrayList<>();

    private void run(double forceP99Micros) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("case", "run");
        fields.put("value", forceP99Micros);
        fields.put("date", "2026-11-20T12:00:00Z");
        fields.put("cpuModel", "a CPU");
        fields.put("cores", 2);
        fields.put("memory", 25e9);
        fields.put("force.p50", 80.0);
        figures.add(new Figure(fields));
    }

    private void figure(String contender, String name, String metric, double value, String unit) {
        figures.add(
                new Figure(
                        Map.of(
                                "contender", contender,
                                "case", name,
                                "metric", metric,
                                "value", value,
                                "unit", unit)));
    }

    private String line(String name, String metric) {
        return new KafkaSummary(figures)
                .markdown("./build bench kafka").stream()
                        .filter(line -> line.startsWith("| `" + name + "` | " + metric + " |"))
                        .findFirst()
                        .orElse("none");
    }

    @Test
    void showsTheMedianOfTheRoundsTheirRatioAndWhetherTheAimIsReached() {
        run(100);
        for (double ours : new double[] {900, 1100, 3000}) {
            figure("millrace", "produce.os.100.4p", "throughput", ours, "1/s");
        }
        figure("kafka", "produce.os.100.4p", "throughput", 1000, "1/s");
        assertThat(line("produce.os.100.4p", "throughput"))
                .isEqualTo(
                        "| `produce.os.100.4p` | throughput | 1,100/s | 1,000/s | 1.10 | ≥ 1.0: reached |");
    }

    @Test
    void keepsTheRowsThatAreLost() {
        run(100);
        figure("millrace", "produce.fsync.100.4p", "throughput", 3000, "1/s");
        figure("kafka", "produce.fsync.100.4p", "throughput", 1000, "1/s");
        assertThat(line("produce.fsync.100.4p", "throughput")).endsWith("| ≥ 4.0: **missed** |");
    }

    @Test
    void comparesConnectionsWithOurOwnBest() {
        run(100);
        figure("millrace", "connections.1", "throughput", 690, "1/s");
        figure("millrace", "connections.50", "throughput", 1000, "1/s");
        assertThat(line("connections.1", "throughput"))
                .contains("69 % of our best, ≥ 70 %: **missed**");
        assertThat(line("connections.50", "throughput")).contains("100 % of our best");
    }

    @Test
    void allowsOneAndAHalfForcesMoreThanABrokerThatForcesNothing() {
        run(100);
        figure("millrace", "endtoend", "p99", 1140, "µs");
        figure("kafka", "endtoend.default", "p99", 1000, "µs");
        figure("kafka", "endtoend", "p99", 5000, "µs");
        assertThat(line("endtoend", "p99"))
                .contains("≤ 0.3: reached", "≤ 1.15 ms, Kafka's default and 1.5 forces: reached");
    }
}
