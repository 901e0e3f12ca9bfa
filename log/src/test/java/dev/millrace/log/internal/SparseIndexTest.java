package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseIndexTest {
    @Test
    void anEmptyIndexHasNoFloor() {
        SparseIndex index = new SparseIndex();
        assertThat(index.floor(0)).isEqualTo(-1);
        assertThat(index.floor(Integer.MAX_VALUE)).isEqualTo(-1);
        assertThat(index.toBytes().remaining()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsTheLastEntryAtOrBelowAnOffset(long seed) {
        Random random = new Random(seed);
        SparseIndex index = new SparseIndex();
        TreeMap<Integer, Integer> model = fill(index, random);
        SparseIndex loaded = new SparseIndex();
        loaded.load(index.toBytes());
        for (int i = 0; i < 2000; i++) {
            int offset = random.nextInt(12_000);
            Map.Entry<Integer, Integer> expected = model.floorEntry(offset);
            for (SparseIndex each : new SparseIndex[] {index, loaded}) {
                int entry = each.floor(offset);
                if (expected == null) {
                    assertThat(entry).as("seed %d, offset %d", seed, offset).isEqualTo(-1);
                } else {
                    assertThat(each.offset(entry)).isEqualTo(expected.getKey());
                    assertThat(each.position(entry)).isEqualTo(expected.getValue());
                }
            }
        }
    }

    private static TreeMap<Integer, Integer> fill(SparseIndex index, Random random) {
        TreeMap<Integer, Integer> model = new TreeMap<>();
        int offset = 0;
        int position = 0;
        for (int i = 0; i < 500; i++) {
            offset += 1 + random.nextInt(20);
            position += 1 + random.nextInt(5000);
            index.add(offset, position);
            model.put(offset, position);
        }
        return model;
    }

    @Test
    void itsBytesAreKafkas() {
        SparseIndex index = new SparseIndex();
        index.add(5, 4200);
        index.add(0x01020304, 0x05060708);
        assertThat(index.toBytes())
                .isEqualTo(
                        ByteBuffer.wrap(
                                new byte[] {0, 0, 0, 5, 0, 0, 0x10, 0x68, 1, 2, 3, 4, 5, 6, 7, 8}));
    }

    @Test
    void goesOnBehindWhatWasLoaded() {
        SparseIndex index = new SparseIndex();
        for (int i = 0; i < 100; i++) {
            index.add(i * 10, i * 100);
        }
        SparseIndex loaded = new SparseIndex();
        loaded.load(index.toBytes());
        loaded.add(1000, 10_000);
        assertThat(loaded.count()).isEqualTo(101);
        assertThat(loaded.position(loaded.floor(2000))).isEqualTo(10_000);
        assertThat(loaded.position(loaded.floor(999))).isEqualTo(9_900);
    }
}
