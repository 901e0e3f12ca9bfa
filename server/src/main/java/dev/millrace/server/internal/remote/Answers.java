package dev.millrace.server.internal.remote;

import dev.millrace.log.AppendResult;
import dev.millrace.log.CleaningReport;
import dev.millrace.log.Damage;
import dev.millrace.log.Distribution;
import dev.millrace.log.Durability;
import dev.millrace.log.LogMetric;
import dev.millrace.log.LogMetrics;
import dev.millrace.log.ParkedRecords;
import dev.millrace.log.ProducerDescription;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecoveryReport;
import dev.millrace.log.StoredView;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.ViewStatus;
import dev.millrace.server.TopicCount;
import dev.millrace.server.internal.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What a server answers, as the log's own types.
public final class Answers {
    private Answers() {}

    /// A topic.
    public static TopicDescription topic(JsonObject from) {
        return new TopicDescription(
                from.text("name"),
                UUID.fromString(from.text("id")),
                from.integer("partitions"),
                TopicConfig.of(from.textMap("config")));
    }

    static TopicPartition partition(JsonObject from) {
        return new TopicPartition(from.text("topic"), from.integer("partition"));
    }

    /// A stretch that cannot be read.
    public static Damage damage(JsonObject from) {
        return new Damage(
                partition(from),
                from.number("fromOffset"),
                from.number("nextReadableOffset"),
                from.text("file"),
                from.number("position"),
                from.text("what"));
    }

    /// Where records were appended, in the order of the answer.
    public static List<AppendResult> appended(JsonObject from) {
        List<AppendResult> results = new ArrayList<>();
        for (JsonObject each : from.objects("appended")) {
            String durability = from.text("durability").toUpperCase(Locale.ROOT);
            results.add(
                    new AppendResult(
                            new TopicPartition(from.text("topic"), each.integer("partition")),
                            each.number("baseOffset"),
                            each.integer("count"),
                            Durability.valueOf(durability)));
        }
        return results;
    }

    /// What recovery found.
    public static RecoveryReport recovery(JsonObject from) {
        List<RecoveryReport.TornTail> tails = new ArrayList<>();
        for (JsonObject tail : from.objects("tornTails")) {
            tails.add(
                    new RecoveryReport.TornTail(
                            partition(tail),
                            tail.number("offset"),
                            tail.text("file"),
                            tail.number("position"),
                            tail.number("bytes")));
        }
        return new RecoveryReport(
                from.flag("clean"),
                from.number("nanos"),
                from.number("journalFrames"),
                from.number("bytesScanned"),
                tails,
                from.objects("damage").stream().map(Answers::damage).toList(),
                from.texts("journalDamage"),
                from.texts("orphans"));
    }

    /// What cleaning did.
    public static CleaningReport cleaning(JsonObject from) {
        return new CleaningReport(
                from.integer("segmentsDeleted"),
                from.number("recordsKept"),
                from.number("recordsRemoved"),
                from.number("bytesBefore"),
                from.number("bytesAfter"));
    }

    /// A producer that a partition knows.
    public static ProducerDescription producer(JsonObject from) {
        return new ProducerDescription(
                new ProducerId(from.number("id"), from.integer("epoch")),
                from.integer("lastSequence"),
                from.number("lastOffset"),
                from.number("appendedAt"));
    }

    /// Metrics; those that this version does not know are passed over.
    public static LogMetrics metrics(JsonObject from) {
        List<LogMetrics.Sample> samples = new ArrayList<>();
        for (JsonObject item : from.objects("items")) {
            Optional<LogMetric> metric =
                    Arrays.stream(LogMetric.values())
                            .filter(each -> each.key().equals(item.text("metric")))
                            .findFirst();
            metric.ifPresent(known -> samples.add(sample(known, item)));
        }
        return new LogMetrics(samples);
    }

    private static LogMetrics.Sample sample(LogMetric metric, JsonObject from) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String label : metric.labels()) {
            labels.put(label, from.text(label));
        }
        long value = from.number("value");
        Distribution distribution =
                metric.kind() != LogMetric.Kind.DISTRIBUTION
                        ? null
                        : new Distribution(
                                value,
                                from.decimal("mean"),
                                from.decimal("p50"),
                                from.decimal("p95"),
                                from.decimal("p99"),
                                from.decimal("p999"),
                                from.decimal("max"));
        return new LogMetrics.Sample(metric, labels, value, distribution);
    }

    /// What is stored of a view.
    public static StoredView view(JsonObject from) {
        List<StoredView.Position> sources = new ArrayList<>();
        for (JsonObject source : from.objects("sources")) {
            sources.add(new StoredView.Position(partition(source), source.number("nextOffset")));
        }
        return new StoredView(
                from.text("name"),
                from.text("codeVersion"),
                from.number("generation"),
                from.number("savedAt"),
                from.number("bytes"),
                sources,
                parked(from),
                from.flag("running"),
                from.textOrNull("problem"));
    }

    private static List<ParkedRecords> parked(JsonObject from) {
        List<ParkedRecords> parked = new ArrayList<>();
        for (JsonObject each : from.objects("parked")) {
            parked.add(
                    new ParkedRecords(
                            partition(each),
                            each.number("fromOffset"),
                            each.number("nextOffset"),
                            each.text("error")));
        }
        return parked;
    }

    /// What was counted of a topic.
    public static TopicCount count(String topic, JsonObject from) {
        List<TopicCount.Part> parts = new ArrayList<>();
        for (JsonObject item : from.objects("items")) {
            parts.add(
                    new TopicCount.Part(
                            new TopicPartition(topic, item.integer("partition")),
                            new TopicCount.Counts(
                                    item.number("records"),
                                    item.number("keyed"),
                                    item.number("tombstones"),
                                    item.number("keyBytes"),
                                    item.number("valueBytes"),
                                    item.number("largestBytes")),
                            item.number("nextOffset"),
                            item.number("lag"),
                            item.number("startOffset"),
                            item.has("stoppedAt")
                                    ? new ViewStatus.Failure(
                                            item.number("stoppedAt"), item.text("error"))
                                    : null));
        }
        return new TopicCount(parts, parked(from));
    }
}
