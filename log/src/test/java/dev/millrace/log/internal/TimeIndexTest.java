package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TimeIndexTest {
    @Test
    void findsTheLastEntryBelowATimestamp() {
        TimeIndex index = new TimeIndex();
        index.add(100, 3);
        index.add(200, 7);
        assertThat(index.lower(100)).isEqualTo(-1);
        assertThat(index.lower(101)).isEqualTo(0);
        assertThat(index.lower(200)).isEqualTo(0);
        assertThat(index.lower(201)).isEqualTo(1);
        assertThat(index.lower(Long.MAX_VALUE)).isEqualTo(1);
        assertThat(index.lower(Long.MIN_VALUE)).isEqualTo(-1);
    }

    @Test
    void takesNothingThatIsNotLater() {
        TimeIndex index = new TimeIndex();
        index.add(100, 3);
        index.add(100, 9);
        index.add(50, 9);
        assertThat(index.count()).isEqualTo(1);
        index.add(101, 9);
        assertThat(index.count()).isEqualTo(2);
    }

    @Test
    void timesBeforeTheEpochHaveNoEntry() {
        TimeIndex index = new TimeIndex();
        index.add(-5000, 0);
        index.add(-1, 4);
        index.add(7, 8);
        assertThat(index.count()).isEqualTo(1);
        assertThat(index.lower(7)).isEqualTo(-1);
        assertThat(index.offset(index.lower(8))).isEqualTo(8);
    }

    @Test
    void itsBytesAreKafkasAndComeBack() {
        TimeIndex index = new TimeIndex();
        for (int i = 1; i <= 40; i++) {
            index.add(0x0102030405060708L + i, i);
        }
        ByteBuffer bytes = index.toBytes();
        assertThat(bytes.remaining()).isEqualTo(40 * TimeIndex.ENTRY_BYTES);
        assertThat(bytes.getLong(0)).isEqualTo(0x0102030405060709L);
        assertThat(bytes.getInt(8)).isEqualTo(1);

        TimeIndex loaded = new TimeIndex();
        loaded.load(bytes);
        assertThat(loaded.count()).isEqualTo(40);
        assertThat(loaded.timestamp(39)).isEqualTo(0x0102030405060708L + 40);
        assertThat(loaded.offset(39)).isEqualTo(40);
    }
}
