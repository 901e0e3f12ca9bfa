package dev.millrace.kafka.internal.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
    private static final int CAPACITY = 1 << 20;

    private final RequestMemory memory = new RequestMemory(CAPACITY);

    @Test
    void givesBuffersOfTheSizeThatIsWantedAndLittleLarger() throws InterruptedException {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 2_000; i++) {
            int bytes = 1 + random.nextInt(random.nextInt(1, 600_000));
            ByteBuffer buffer = memory.take(bytes);
            assertThat(buffer.remaining()).isEqualTo(bytes);
            assertThat(buffer.capacity()).isLessThanOrEqualTo(Math.max(4096, bytes * 5 / 4 + 4096));
            assertThat(memory.used()).isEqualTo(buffer.capacity());
            memory.giveBack(buffer);
        }
        assertThat(memory.used()).isZero();
    }

    @Test
    void keepsABufferForWhoComesNext() throws InterruptedException {
        ByteBuffer first = memory.take(16_600);
        memory.giveBack(first);
        assertThat(memory.take(16_700)).isSameAs(first);
    }

    @Test
    void whoWantsMoreThanIsLeftWaitsUntilItIsGivenBack() throws InterruptedException {
        ByteBuffer most = memory.take(CAPACITY - 5_000);
        Thread waiting =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        memory.giveBack(memory.take(100_000));
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                });
        assertThat(waiting.join(Duration.ofMillis(100))).as("ended too early").isFalse();
        memory.giveBack(most);
        assertThat(waiting.join(Duration.ofSeconds(20))).as("ended").isTrue();
        assertThat(memory.used()).isZero();
    }

    @Test
    void aRequestLargerThanAllOfItIsTakenWhereNothingElseIs() throws InterruptedException {
        ByteBuffer large = memory.take(3 * CAPACITY);
        assertThat(large.remaining()).isEqualTo(3 * CAPACITY);
        memory.giveBack(large);
        assertThat(memory.used()).isZero();
    }
}
