package dev.millrace.log;

import static dev.millrace.log.TestLog.EVENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folding a partition allocates nothing for a record.
class ViewAllocationTest {
    private static final int RECORDS = 400_000;
    private static final int BATCH = 500;

    @TempDir Path directory;

    @Test
    void allocatesNothingForARecord() {
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("events").durability(Durability.OS));
            for (int i = 0; i < RECORDS; i += BATCH) {
                log.append(EVENTS, TestLog.batch(i, BATCH)).join();
            }
            Weighing view = new Weighing();
            for (int i = 0; i < 3; i++) { // until everything is compiled, mapped and checked
                view.records = 0;
                try (RunningView<Weighing> running = log.views().run(view)) {
                    assertThat(running.awaitPresent(Duration.ofMinutes(1))).isTrue();
                }
                log.views().delete(view.name());
            }
            assertThat(view.records).isEqualTo(RECORDS);
            assertThat((double) (view.last - view.first) / RECORDS)
                    .as("bytes allocated for a record")
                    .isLessThan(0.5);
        }
    }

    /// Notes what its thread had allocated at the first record and at the last.
    private static final class Weighing implements View, Fold {
        private static final ThreadMXBean THREADS =
                (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private volatile long records;
        private volatile long first;
        private volatile long last;

        @Override
        public String name() {
            return "weighing";
        }

        @Override
        public String codeVersion() {
            return "1";
        }

        @Override
        public List<String> topics() {
            return List.of("events");
        }

        @Override
        public Fold fold(TopicPartition partition) {
            return this;
        }

        @Override
        public void fold(RecordView record) {
            long now = records + 1;
            records = now;
            if (now == 1) {
                first = THREADS.getCurrentThreadAllocatedBytes();
            } else if (now == RECORDS) {
                last = THREADS.getCurrentThreadAllocatedBytes();
            }
        }

        @Override
        public void save(CheckpointWriter to) {
            // nothing to keep
        }

        @Override
        public void load(CheckpointReader from) {
            // nothing was kept
        }
    }
}
