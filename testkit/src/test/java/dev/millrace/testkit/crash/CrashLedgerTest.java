package dev.millrace.testkit.crash;

import static dev.millrace.testkit.crash.LedgerMode.POWER_LOST;
import static dev.millrace.testkit.crash.LedgerMode.PROCESS_KILLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.Durability;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicConfig;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The [CrashLedger] lets every honest log pass, and no other.
class CrashLedgerTest {
    private static final TopicPartition FSYNC = new TopicPartition("f", 0);
    private static final TopicPartition OS = new TopicPartition("o", 0);

    private final AtomicLong now = new AtomicLong();
    private final List<String> told = new ArrayList<>();
    private final CrashLedger ledger = new CrashLedger(now::get);
    private final FakeLog log = new FakeLog();

    CrashLedgerTest() {
        create(ledger, "f", Durability.FSYNC);
        create(ledger, "o", Durability.OS);
        log.createTopic(TopicSpec.named("f"));
        log.createTopic(TopicSpec.named("o").durability(Durability.OS));
    }

    private static void create(CrashLedger ledger, String name, Durability durability) {
        ledger.creating(name, 1, durability);
        ledger.created(name);
    }

    private void acknowledged(TopicPartition partition, long id, int count, long offset) {
        ledger.sending(partition, id, count).acknowledged(offset);
    }

    @Test
    void whatWasAcknowledgedMustBeThere() {
        acknowledged(FSYNC, 1, 1, 0);
        acknowledged(OS, 11, 2, 0);
        refuses(POWER_LOST, "f-0 (fsync)", "acknowledged at offset 0 and are lost");
        log.holds(FSYNC, 1);
        ledger.check(log, POWER_LOST);
        refuses(PROCESS_KILLED, "o-0 (os)", "acknowledged at offset 0 and are lost");
        log.holds(OS, 11, 12);
        ledger.check(log, PROCESS_KILLED);
    }

    @Test
    void whatWasNotAcknowledgedMayBeThere() {
        acknowledged(FSYNC, 1, 1, 0);
        ledger.sending(FSYNC, 2, 2);
        log.holds(FSYNC, 1);
        ledger.check(log, PROCESS_KILLED);
        log.holds(FSYNC, 1, 2, 3);
        ledger.check(log, PROCESS_KILLED);
    }

    @Test
    void batchesAreWholeOrAbsent() {
        ledger.sending(FSYNC, 1, 3);
        log.holds(FSYNC, 1, 2);
        refuses(PROCESS_KILLED, "all or none", "there are 2");
    }

    @Test
    void nothingIsInvented() {
        log.holds(FSYNC, 7);
        refuses(PROCESS_KILLED, "offset 0 holds record 7");
        log.holds(FSYNC);
        log.createTopic(TopicSpec.named("x"));
        refuses(PROCESS_KILLED, "topic x is there, which nobody created");
    }

    @Test
    void nothingIsThereTwiceOrElsewhereOrInAnotherOrder() {
        acknowledged(FSYNC, 1, 1, 0);
        acknowledged(FSYNC, 2, 1, 1);
        log.holds(FSYNC, 1, 2, 2);
        refuses(PROCESS_KILLED, "offset 2 holds record 2");
        log.holds(FSYNC, 2, 1);
        refuses(PROCESS_KILLED, "records 1 were acknowledged at offset 0");
        ledger.sending(FSYNC, 3, 1);
        ledger.sending(FSYNC, 4, 1);
        log.holds(FSYNC, 1, 2, 4);
        refuses(PROCESS_KILLED, "records 4 are there at offset 2", "records 3 are missing");
    }

    @Test
    void otherBytesAreNoticed() {
        acknowledged(FSYNC, 1, 1, 0);
        LogRecord right = Payload.record(1, 20);
        right.value()[19] ^= 1;
        log.records.put(FSYNC, List.of(right));
        refuses(PROCESS_KILLED, "record 1 with other bytes");
        LogRecord late = Payload.record(1, 20);
        log.records.put(
                FSYNC,
                List.of(
                        new LogRecord(
                                late.timestampMillis() + 1,
                                late.key(),
                                late.value(),
                                late.headers())));
        refuses(PROCESS_KILLED, "record 1 with other bytes");
    }

    @Test
    void atOsALossOfPowerTakesASuffixOnly() {
        acknowledged(OS, 1, 1, 0);
        acknowledged(OS, 2, 1, 1);
        acknowledged(OS, 3, 1, 2);
        log.holds(OS, 1);
        ledger.check(log, POWER_LOST);
        log.holds(OS, 1, 3);
        refuses(POWER_LOST, "records 3 are there at offset 1", "records 2 are missing");
    }

    @Test
    void whatWasClosedInOrderIsDurable() {
        acknowledged(OS, 1, 1, 0);
        ledger.closed();
        acknowledged(OS, 2, 1, 1);
        log.holds(OS, 1);
        ledger.check(log, POWER_LOST);
        log.holds(OS);
        refuses(POWER_LOST, "records 1 were acknowledged at offset 0 and are lost");
    }

    @Test
    void whatAReaderHasSeenStays() {
        ledger.sending(FSYNC, 1, 1);
        ledger.seen(FSYNC, 1);
        refuses(POWER_LOST, "a reader saw the partition end at 1");
    }

    @Test
    void whatWasRefusedMayBeMissing() {
        ledger.sending(FSYNC, 1, 1).failed();
        acknowledged(FSYNC, 2, 1, 0);
        log.holds(FSYNC, 2);
        ledger.check(log, PROCESS_KILLED);
        ledger.sending(FSYNC, 3, 1);
        ledger.interrupted();
        acknowledged(FSYNC, 4, 1, 1);
        log.holds(FSYNC, 2, 4);
        ledger.check(log, PROCESS_KILLED);
    }

    @Test
    void whatIsAdoptedStaysAndWhatIsLostStaysLost() {
        acknowledged(OS, 1, 1, 0);
        ledger.sending(OS, 2, 1);
        ledger.sending(OS, 3, 1);
        log.holds(OS, 1, 2);
        ledger.checkAndAdopt(log, PROCESS_KILLED);
        ledger.check(log, POWER_LOST);
        log.holds(OS, 1);
        refuses(POWER_LOST, "offset 1 held record 2 for good");
        log.holds(OS, 1, 2, 3);
        refuses(POWER_LOST, "offset 2 holds record 3");
    }

    @Test
    void topicsComeAndGoAsWasSaid() {
        log.topics.remove("f");
        refuses(PROCESS_KILLED, "topic f was created and is not there");
        ledger.deleting("f");
        ledger.check(log, PROCESS_KILLED);
        ledger.deleted("f");
        ledger.check(log, PROCESS_KILLED);
        log.createTopic(TopicSpec.named("f"));
        refuses(PROCESS_KILLED, "topic f was deleted and is there");
        ledger.creating("f", 1, Durability.FSYNC);
        ledger.check(log, PROCESS_KILLED);
        log.holds(FSYNC, 1);
        refuses(PROCESS_KILLED, "offset 0 holds record 1");
    }

    @Test
    void aTopicIsWhatItWasCreatedAs() {
        log.createTopic(TopicSpec.named("f").partitions(2));
        refuses(PROCESS_KILLED, "topic f has 2 partitions, of [1]");
        log.createTopic(TopicSpec.named("f").durability(Durability.OS));
        refuses(PROCESS_KILLED, "was created at fsync");
    }

    @Test
    void aTopicIsAlteredAsWasSaid() {
        String altered = Integer.toString(TopicConfig.defaults().maxMessageBytes() + 7);
        ledger.altering("f", 7);
        ledger.check(log, PROCESS_KILLED);
        log.alterTopic("f", Map.of(CrashLedger.MARK, altered));
        ledger.check(log, PROCESS_KILLED);
        ledger.altered("f");
        ledger.check(log, PROCESS_KILLED);
        log.alterTopic("f", Map.of(), Set.of(CrashLedger.MARK));
        refuses(PROCESS_KILLED, "topic f has max.message.bytes 0, of [0, 7]");
    }

    @Test
    void aTopicGrowsAsWasSaid() {
        now.set(5);
        ledger.growing("f", 3);
        ledger.check(log, PROCESS_KILLED);
        log.addPartitions("f", 2);
        refuses(PROCESS_KILLED, "topic f has 2 partitions, of [1, 3?]");
        log.addPartitions("f", 3);
        ledger.check(log, PROCESS_KILLED);
        now.set(6);
        ledger.grown("f");
        acknowledged(new TopicPartition("f", 2), 5, 1, 0);
        refuses(PROCESS_KILLED, "f-2 (fsync)", "are lost");
        log.createTopic(TopicSpec.named("f"));
        ledger.at(5, () -> 0).check(log, PROCESS_KILLED);
        refuses(PROCESS_KILLED, "topic f has 1 partitions, of [1, 3]");
    }

    @Test
    void atOsALossOfPowerTakesNoMoreThanTheBound() {
        ledger.creating("b", 1, Durability.OS, new LossBound(100, 50));
        ledger.created("b");
        log.createTopic(TopicSpec.named("b").durability(Durability.OS));
        TopicPartition bounded = new TopicPartition("b", 0);
        ledger.timePassed(1000);
        ledger.sending(bounded, 1, 1, 60).acknowledged(0);
        ledger.timePassed(1049);
        ledger.sending(bounded, 2, 1, 60).acknowledged(1);
        log.holds(bounded, 1);
        ledger.check(log, POWER_LOST);
        log.holds(bounded);
        refuses(POWER_LOST, "120 acknowledged bytes are lost, and only 100 may be");
        ledger.timePassed(1050);
        refuses(POWER_LOST, "records 1 were acknowledged at offset 0 and are lost");
        log.holds(bounded, 1);
        ledger.check(log, POWER_LOST);
        ledger.timePassed(1099);
        refuses(POWER_LOST, "records 2 were acknowledged at offset 1 and are lost");
    }

    @Test
    void goesBackInTime() {
        now.set(5);
        CrashLedger.Ticket first = ledger.sending(FSYNC, 1, 1);
        now.set(7);
        first.acknowledged(0);
        ledger.deleting("o");
        now.set(9);
        ledger.deleted("o");
        log.topics.remove("o");
        ledger.at(7, () -> 0).check(withFsync(1), POWER_LOST);
        ledger.at(6, () -> 0).creating("z", 1, Durability.OS); // a branch of its own
        log.createTopic(TopicSpec.named("o").durability(Durability.OS));
        ledger.at(6, () -> 0).check(withFsync(), POWER_LOST);
        ledger.at(8, () -> 0).check(withFsync(1), POWER_LOST);
        assertThatThrownBy(() -> ledger.at(7, () -> 0).check(withFsync(), POWER_LOST))
                .hasMessageContaining("are lost");
        assertThatThrownBy(() -> ledger.at(9, () -> 0).check(withFsync(1), POWER_LOST))
                .hasMessageContaining("topic o was deleted");
        assertThatThrownBy(() -> ledger.at(4, () -> 0).check(withFsync(1), POWER_LOST))
                .hasMessageContaining("holds record 1");
    }

    private FakeLog withFsync(long... ids) {
        log.holds(FSYNC, ids);
        return log;
    }

    @Test
    void canBeToldInWords() {
        CrashLedger child = new CrashLedger(told::add);
        create(child, "f", Durability.FSYNC);
        create(child, "o", Durability.OS);
        child.altering("o", 0);
        child.altered("o");
        child.growing("f", 1);
        child.grown("f");
        child.sending(FSYNC, 1, 1).acknowledged(0);
        child.sending(FSYNC, 2, 2).failed();
        child.sending(OS, 11, 2).acknowledged(0);
        child.closed();
        child.seen(FSYNC, 1);
        child.deleting("o");
        child.deleted("o");

        CrashLedger parent = new CrashLedger();
        told.subList(0, told.size() - 2).forEach(line -> LedgerText.enter(line, parent));
        log.holds(FSYNC, 1);
        log.holds(OS, 11, 12);
        parent.check(log, POWER_LOST);
        log.holds(OS);
        assertThatThrownBy(() -> parent.check(log, POWER_LOST)).hasMessageContaining("are lost");
        told.subList(told.size() - 2, told.size()).forEach(line -> LedgerText.enter(line, parent));
        log.topics.remove("o");
        parent.check(log, POWER_LOST);
        assertThat(told).contains("creating o 1 os", "sending f 0 2 2", "acknowledged o 0 11 0");
    }

    private void refuses(LedgerMode mode, String... words) {
        assertThatThrownBy(() -> ledger.check(log, mode))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(words);
    }
}
