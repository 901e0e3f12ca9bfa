package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.ParkedRecords;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import dev.millrace.log.internal.ViewCheckpoint.StateFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ViewCheckpointFormatTest {
    private static ViewCheckpoint random(SplittableRandom random) {
        List<Source> sources = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            TopicPartition partition = new TopicPartition("töpic-" + i, random.nextInt());
            List<StateFile> files = new ArrayList<>();
            for (int f = random.nextInt(3); f > 0; f--) {
                files.add(new StateFile("file" + f, random.nextLong(), random.nextInt()));
            }
            List<ParkedRecords> parked = new ArrayList<>();
            for (int p = random.nextInt(3); p > 0; p--) {
                parked.add(
                        new ParkedRecords(
                                partition, random.nextLong(), random.nextLong(), "wróng " + p));
            }
            sources.add(
                    new Source(
                            partition,
                            new UUID(random.nextLong(), random.nextLong()),
                            random.nextLong(),
                            random.nextInt(),
                            random.nextLong(),
                            random.nextLong(),
                            files,
                            parked));
        }
        return new ViewCheckpoint(
                random.nextLong(),
                new UUID(random.nextLong(), random.nextLong()),
                "view",
                "1.2 ß",
                random.nextLong(),
                sources);
    }

    @Test
    void readsWhatItWrote() throws Exception {
        for (long seed = 0; seed < 200; seed++) {
            ViewCheckpoint checkpoint = random(new SplittableRandom(seed));
            ByteBuffer bytes = ViewCheckpointFormat.encode(checkpoint);
            assertThat(ViewCheckpointFormat.decode(bytes))
                    .as("seed %d", seed)
                    .isEqualTo(checkpoint);
        }
    }

    @Test
    void beginsWithMagicVersionAndLength() {
        ByteBuffer bytes = ViewCheckpointFormat.encode(random(new SplittableRandom(1)));
        byte[] magic = new byte[8];
        bytes.get(0, magic);
        assertThat(new String(magic, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("MILLVIEW");
        assertThat(bytes.getInt(8)).isEqualTo(1);
        assertThat(bytes.getInt(12)).isEqualTo(bytes.limit() - 20);
    }

    /// Also where the checksum is right: then somebody meant it.
    @Test
    void anythingElseIsCalledUnusable() {
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ByteBuffer bytes = ViewCheckpointFormat.encode(random(random));
            for (int i = random.nextInt(1, 9); i > 0; i--) {
                bytes.put(random.nextInt(20, bytes.limit()), (byte) random.nextInt(256));
            }
            int cut = random.nextInt(20, bytes.limit() + 1);
            bytes.limit(cut);
            bytes.putInt(12, cut - 20);
            bytes.putInt(16, ViewCheckpointFormat.crc(bytes.slice(20, cut - 20)));
            try {
                ViewCheckpointFormat.decode(bytes);
            } catch (UnusableCheckpointException e) {
                assertThat(e).hasMessageContaining("damaged");
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void aNewerFormatIsNotRead() {
        ByteBuffer bytes = ViewCheckpointFormat.encode(random(new SplittableRandom(1)));
        bytes.putInt(8, 2);
        assertThatThrownBy(() -> ViewCheckpointFormat.decode(bytes))
                .hasMessage("it has format 2, and this Millrace knows formats up to 1");
    }
}
