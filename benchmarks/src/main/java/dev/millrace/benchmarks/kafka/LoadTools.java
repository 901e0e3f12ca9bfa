package dev.millrace.benchmarks.kafka;

import dev.millrace.benchmarks.kafka.ServerProcess.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Kafka's own load tools, each run in a process of its own, and what they print.
///
/// @param folder for their output
record LoadTools(String bootstrap, Path folder) {
    private static final Pattern PRODUCED =
            Pattern.compile(
                    "(\\d+) records sent, ([\\d.]+) records/sec .*?(\\d+) ms 50th.*?(\\d+) ms 99th");
    private static final List<String> FLAGS = List.of("-Xmx512m");
    private static final int CONSUMED_RECORDS = 4;
    private static final int FETCH_RATE = 9;

    /// @param records that were sent
    /// @param perSecond as the tool counts
    /// @param p50Millis of latency, from send to answer
    record Produced(long records, double perSecond, double p50Millis, double p99Millis) {}

    /// @param perSecond without the time that the group took to form
    record Consumed(long records, double perSecond) {}

    Produced produce(String topic, long records, int bytes, String... settings)
            throws IOException, InterruptedException {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "--topic",
                                topic,
                                "--num-records",
                                Long.toString(records),
                                "--record-size",
                                Integer.toString(bytes),
                                "--throughput",
                                "-1",
                                "--producer-props",
                                "bootstrap.servers=" + bootstrap));
        args.addAll(List.of(settings));
        String printed = run("ProducerPerformance", args);
        Matcher last = null;
        Matcher matcher = PRODUCED.matcher(printed);
        while (matcher.find()) {
            last = PRODUCED.matcher(matcher.group());
        }
        if (last == null || !last.find()) {
            throw new IOException("ProducerPerformance printed no result: " + printed);
        }
        return new Produced(
                Long.parseLong(last.group(1)),
                Double.parseDouble(last.group(2)),
                Double.parseDouble(last.group(3)),
                Double.parseDouble(last.group(4)));
    }

    Consumed consume(String topic, long records) throws IOException, InterruptedException {
        String printed =
                run(
                        "ConsumerPerformance",
                        List.of(
                                "--bootstrap-server",
                                bootstrap,
                                "--topic",
                                topic,
                                "--num-records",
                                Long.toString(records),
                                "--hide-header"));
        String[] fields = printed.strip().lines().toList().getLast().split(",\\s*");
        return new Consumed(
                Long.parseLong(fields[CONSUMED_RECORDS]), Double.parseDouble(fields[FETCH_RATE]));
    }

    /// One record after the other, each sent with `acks=all` and read back before the next.
    EndToEndLoad.Latency endToEnd(String topic, int records, int bytes)
            throws IOException, InterruptedException {
        Path output = folder.resolve("EndToEndLoad.out");
        String printed =
                Spec.of(
                                FLAGS,
                                EndToEndLoad.class.getName(),
                                List.of(
                                        bootstrap,
                                        topic,
                                        Integer.toString(records),
                                        Integer.toString(bytes)))
                        .run(output);
        return EndToEndLoad.Latency.parse(printed.strip().lines().toList().getLast());
    }

    private String run(String tool, List<String> args) throws IOException, InterruptedException {
        return Spec.of(FLAGS, "org.apache.kafka.tools." + tool, args)
                .run(folder.resolve(tool + ".out"));
    }
}
