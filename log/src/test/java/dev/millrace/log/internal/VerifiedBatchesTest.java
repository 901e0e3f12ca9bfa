package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifiedBatchesTest {
    private static final long MOST = Integer.MAX_VALUE;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void remembersThosePositionsThatWereAddedAndNoOthers(long seed) {
        Random random = new Random(seed);
        VerifiedBatches verified = new VerifiedBatches();
        Set<Long> added = new HashSet<>();
        long position = 0;
        while (position < 50 << 20) {
            assertThat(verified.contains(position)).as("seed %d at %d", seed, position).isFalse();
            if (random.nextBoolean()) {
                verified.add(position);
                added.add(position);
            }
            assertThat(verified.contains(position))
                    .as("seed %d at %d", seed, position)
                    .isEqualTo(added.contains(position));
            position += BatchFormat.HEADER_BYTES + random.nextInt(random.nextInt(2000) + 1);
        }
        added.forEach(at -> assertThat(verified.contains(at)).isTrue());
    }

    @Test
    void batchesWithoutRecordsAreToldApart() {
        VerifiedBatches verified = new VerifiedBatches();
        for (int i = 0; i < 1000; i += 2) {
            verified.add((long) i * BatchFormat.HEADER_BYTES);
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(verified.contains((long) i * BatchFormat.HEADER_BYTES))
                    .isEqualTo(i % 2 == 0);
        }
    }

    @Test
    void reachesToTheLargestPosition() {
        VerifiedBatches verified = new VerifiedBatches();
        long last = MOST - BatchFormat.HEADER_BYTES;
        verified.add(last);
        assertThat(verified.contains(last)).isTrue();
        assertThat(verified.contains(last - BatchFormat.HEADER_BYTES)).isFalse();
    }

    @Test
    void forgetsAll() {
        VerifiedBatches verified = new VerifiedBatches();
        verified.add(0);
        verified.add(100 << 20);
        verified.clear();
        assertThat(verified.contains(0)).isFalse();
        assertThat(verified.contains(100 << 20)).isFalse();
    }
}
