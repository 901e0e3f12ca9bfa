package dev.millrace.cli.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writes rows for programs: an array of objects, one for each metric, all with `case`, `metric`,
/// `value` and `unit`, and the conditions beside them. The case `run` says where it was measured.
public final class JsonReport {
    private JsonReport() {}

    /// Writes the file, over one that is there.
    public static void write(Path file, String system, Machine machine, List<Row> rows)
            throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file);
                JsonGenerator to = new JsonFactory().createGenerator(out)) {
            to.setPrettyPrinter(new LineEach());
            to.writeStartArray();
            write(to, system, machine);
            for (Row row : rows) {
                write(to, system, row);
            }
            to.writeEndArray();
            to.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator to, String system, Machine machine) throws IOException {
        List<Metric> facts =
                List.of(
                        new Metric("cores", machine.cores(), ""),
                        new Metric("memory", machine.memoryBytes(), "B"),
                        new Metric("force.p50", machine.forceP50Micros(), "µs"),
                        new Metric("force.p99", machine.forceP99Micros(), "µs"));
        for (Metric fact : facts) {
            begin(to, "run", fact);
            to.writeStringField("system", system);
            to.writeStringField("date", machine.date());
            to.writeStringField("cpuModel", machine.cpu());
            to.writeStringField("fileSystem", machine.fileSystem());
            to.writeStringField("os", machine.os());
            to.writeStringField("jdk", machine.jdk());
            to.writeEndObject();
        }
    }

    private static void write(JsonGenerator to, String system, Row row) throws IOException {
        if (row.metrics().isEmpty()) {
            begin(to, row.name(), Metric.perSecond(Metric.THROUGHPUT, 0));
            conditions(to, system, row);
            to.writeEndObject();
        }
        for (Metric metric : row.metrics()) {
            begin(to, row.name(), metric);
            conditions(to, system, row);
            for (Goal goal : row.goals()) {
                if (goal.metric().equals(metric.name())) {
                    number(to, "floor", goal.floor());
                    number(to, "aim", goal.aim());
                    to.writeStringField("better", goal.atLeast() ? "more" : "less");
                    to.writeStringField("reached", goal.reachedBy(metric.value()));
                }
            }
            to.writeEndObject();
        }
    }

    private static void begin(JsonGenerator to, String name, Metric metric) throws IOException {
        to.writeStartObject();
        to.writeStringField("case", name);
        to.writeStringField("metric", metric.name());
        number(to, "value", metric.value());
        to.writeStringField("unit", metric.unit());
    }

    private static void conditions(JsonGenerator to, String system, Row row) throws IOException {
        Conditions conditions = row.conditions();
        to.writeStringField("system", system);
        to.writeStringField("durability", conditions.durability());
        to.writeStringField("codec", conditions.codec());
        to.writeNumberField("partitions", conditions.partitions());
        to.writeNumberField("threads", conditions.threads());
        to.writeStringField("callers", conditions.callers());
        to.writeBooleanField("warm", conditions.warm());
        number(to, "seconds", row.seconds());
        to.writeNumberField("records", row.records());
        String failure = row.failure();
        if (failure != null) {
            to.writeStringField("failure", failure);
        }
    }

    /// Three digits behind the point at most, and none where there is nothing to say.
    private static void number(JsonGenerator to, String name, double value) throws IOException {
        double rounded = Math.rint(value * 1000) / 1000;
        if (rounded == Math.rint(rounded)) {
            to.writeNumberField(name, (long) rounded);
        } else {
            to.writeNumberField(name, rounded);
        }
    }

    /// An object a line.
    private static final class LineEach extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;

        @Override
        public void beforeArrayValues(JsonGenerator to) throws IOException {
            to.writeRaw("\n ");
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator to) throws IOException {
            to.writeRaw(",\n ");
        }

        @Override
        public void writeEndArray(JsonGenerator to, int values) throws IOException {
            to.writeRaw("\n]");
        }
    }
}
