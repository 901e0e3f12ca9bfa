package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Records without a key go through an appender: one partition's batch is filled, then the next.
class UnkeyedAppenderTest {

    @Test
    void neighboursShareABatchUntilItIsFull() {
        List<CompletableFuture<AppendResult>> batches = new ArrayList<>();
        try (LocalLog log = LocalLog.inMemory()) {
            log.createTopic(TopicSpec.named("t").partitions(3));
            try (Appender appender = log.appender("t")) {
                for (int i = 0; i < 5_000; i++) {
                    CompletableFuture<AppendResult> batch = appender.append(i, null, new byte[100]);
                    if (batches.isEmpty() || batches.getLast() != batch) {
                        batches.add(batch);
                    }
                }
            }
            Set<CompletableFuture<AppendResult>> different = new HashSet<>(batches);
            assertThat(batches).hasSameSizeAs(different).hasSizeGreaterThan(6);
            assertThat(batches.subList(0, batches.size() - 1))
                    .allMatch(batch -> batch.join().count() > 100);
        }
    }
}
