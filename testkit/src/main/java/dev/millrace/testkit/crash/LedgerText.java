package dev.millrace.testkit.crash;

import dev.millrace.log.Durability;
import dev.millrace.log.TopicPartition;
import java.util.Locale;
import java.util.function.Consumer;

/// A [CrashLedger] as lines of text, for one that is kept by another process than the one that
/// sends:
///
/// ```
/// creating TOPIC PARTITIONS DURABILITY
/// created TOPIC
/// altering TOPIC MARK
/// altered TOPIC
/// growing TOPIC PARTITIONS
/// grown TOPIC
/// sending TOPIC PARTITION FIRST-ID COUNT
/// acknowledged TOPIC PARTITION FIRST-ID BASE-OFFSET
/// failed TOPIC PARTITION FIRST-ID
/// seen TOPIC PARTITION HIGH-WATER-MARK
/// deleting TOPIC
/// deleted TOPIC
/// closed
/// ```
public final class LedgerText {
    private LedgerText() {}

    /// Makes the entry of a line.
    ///
    /// @throws IllegalArgumentException where it is not one
    public static void enter(String line, CrashLedger ledger) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "creating" ->
                    ledger.creating(
                            words[1],
                            Integer.parseInt(words[2]),
                            Durability.valueOf(words[3].toUpperCase(Locale.ROOT)));
            case "created" -> ledger.created(words[1]);
            case "altering" -> ledger.altering(words[1], Long.parseLong(words[2]));
            case "altered" -> ledger.altered(words[1]);
            case "growing" -> ledger.growing(words[1], Integer.parseInt(words[2]));
            case "grown" -> ledger.grown(words[1]);
            case "deleting" -> ledger.deleting(words[1]);
            case "deleted" -> ledger.deleted(words[1]);
            case "sending" ->
                    ledger.sending(
                            partition(words), Long.parseLong(words[3]), Integer.parseInt(words[4]));
            case "acknowledged" ->
                    ledger.ticket(partition(words), Long.parseLong(words[3]))
                            .acknowledged(Long.parseLong(words[4]));
            case "failed" -> ledger.ticket(partition(words), Long.parseLong(words[3])).failed();
            case "seen" -> ledger.seen(partition(words), Long.parseLong(words[3]));
            case "closed" -> ledger.closed();
            default -> throw new IllegalArgumentException("not an entry of a ledger: " + line);
        }
    }

    private static TopicPartition partition(String[] words) {
        return new TopicPartition(words[1], Integer.parseInt(words[2]));
    }

    static void creating(
            Consumer<String> told, String topic, int partitions, Durability durability) {
        told.accept("creating " + topic + " " + partitions + " " + durability.key());
    }

    static void topic(Consumer<String> told, String what, String topic) {
        told.accept(what + " " + topic);
    }

    static void number(Consumer<String> told, String what, String topic, long number) {
        told.accept(what + " " + topic + " " + number);
    }

    static void sending(Consumer<String> told, TopicPartition partition, long firstId, int count) {
        told.accept("sending " + words(partition) + " " + firstId + " " + count);
    }

    static void acknowledged(
            Consumer<String> told, TopicPartition partition, long firstId, long baseOffset) {
        told.accept("acknowledged " + words(partition) + " " + firstId + " " + baseOffset);
    }

    static void failed(Consumer<String> told, TopicPartition partition, long firstId) {
        told.accept("failed " + words(partition) + " " + firstId);
    }

    static void seen(Consumer<String> told, TopicPartition partition, long highWaterMark) {
        told.accept("seen " + words(partition) + " " + highWaterMark);
    }

    static void closed(Consumer<String> told) {
        told.accept("closed");
    }

    private static String words(TopicPartition partition) {
        return partition.topic() + " " + partition.partition();
    }
}
