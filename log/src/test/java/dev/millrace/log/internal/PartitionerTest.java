package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class PartitionerTest {
    @Test
    void keysGoWhereKafkasProducerSendsThem() {
        long seed = 42;
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            byte[] key = new byte[random.nextInt(i % 100 == 0 ? 500 : 20)];
            random.nextBytes(key);
            int partitions = 1 + random.nextInt(1000);
            assertThat(Partitioner.murmur2(key))
                    .as("key %d of seed %d", i, seed)
                    .isEqualTo(Utils.murmur2(key));
            assertThat(Partitioner.partition(key, partitions))
                    .as("key %d of seed %d", i, seed)
                    .isEqualTo(BuiltInPartitioner.partitionForKey(key, partitions));
        }
    }
}
