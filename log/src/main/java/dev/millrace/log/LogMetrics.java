package dev.millrace.log;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a [LocalLog] has measured of itself, at one moment. Immutable.
///
/// The values are read one after the other while the log goes on, so that two of them may be a few
/// appends apart.
///
/// @param samples every value there is, in the order of [LogMetric]; those of one metric in the
///   order of topic and partition
public record LogMetrics(List<Sample> samples) {

    public LogMetrics {
        samples = List.copyOf(samples);
    }

    /// One value.
    ///
    /// @param labels by name, what it is about: one for each of [LogMetric#labels]
    /// @param value in the metric's unit; for a distribution, how many values it has
    /// @param distribution null where the metric is none
    public record Sample(
            LogMetric metric,
            Map<String, String> labels,
            long value,
            @Nullable Distribution distribution) {

        public Sample {
            labels = Map.copyOf(labels);
        }
    }

    /// The sum of a metric's values.
    public long value(LogMetric metric) {
        return of(metric).mapToLong(Sample::value).sum();
    }

    /// The sum of a metric's values for one topic.
    public long value(LogMetric metric, String topic) {
        return of(metric)
                .filter(sample -> topic.equals(sample.labels.get(LogMetric.TOPIC)))
                .mapToLong(Sample::value)
                .sum();
    }

    /// A metric's value for one partition; 0 where there is none.
    public long value(LogMetric metric, TopicPartition partition) {
        String number = Integer.toString(partition.partition());
        return of(metric)
                .filter(sample -> partition.topic().equals(sample.labels.get(LogMetric.TOPIC)))
                .filter(sample -> number.equals(sample.labels.get(LogMetric.PARTITION)))
                .mapToLong(Sample::value)
                .sum();
    }

    /// The distribution of a metric that has one; without values where there was none.
    public Distribution distribution(LogMetric metric) {
        return first(of(metric));
    }

    /// The latency of appends of one durability.
    public Distribution appendLatency(Durability durability) {
        return first(
                of(LogMetric.APPEND_LATENCY)
                        .filter(
                                sample ->
                                        durability
                                                .key()
                                                .equals(sample.labels.get(LogMetric.DURABILITY))));
    }

    private Stream<Sample> of(LogMetric metric) {
        return samples.stream().filter(sample -> sample.metric == metric);
    }

    private static Distribution first(Stream<Sample> samples) {
        return samples.map(Sample::distribution)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(Distribution.NONE);
    }
}
