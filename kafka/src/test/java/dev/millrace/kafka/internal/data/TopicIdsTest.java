package dev.millrace.kafka.internal.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicIdsTest {
    private static final int TOPICS = 40;
    private static final int THREADS = 8;
    private static final int ROUNDS = 300;

    @Test
    void findsEveryTopicWhileOthersAskForOnesThatAreNotThere() throws Exception {
        try (LocalLog log = LocalLog.inMemory();
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<TopicDescription> topics = new ArrayList<>();
            for (int i = 0; i < TOPICS; i++) {
                topics.add(log.createTopic(TopicSpec.named("topic-" + i)));
            }
            TopicIds ids = new TopicIds(log);
            List<Callable<Integer>> asking = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                asking.add(() -> missed(ids, topics));
            }
            for (Future<Integer> missed : threads.invokeAll(asking)) {
                assertThat(missed.get()).as("topics that were not found").isZero();
            }
        }
    }

    private static int missed(TopicIds ids, List<TopicDescription> topics) {
        int missed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(ids.name(Uuid.randomUuid())).isNull();
            TopicDescription wanted = topics.get(round % topics.size());
            missed += wanted.name().equals(ids.name(TopicIds.of(wanted))) ? 0 : 1;
        }
        return missed;
    }
}
