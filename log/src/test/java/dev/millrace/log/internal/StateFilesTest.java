package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a fold writes, it reads again, whichever way.
class StateFilesTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 3);

    @TempDir Path folder;

    private final Storage storage = new FileStorage();

    private Source source(StateWriter writer) throws IOException {
        return new Source(PARTITION, new UUID(1, 2), 1, 0, 0, 1, writer.finish(), List.of());
    }

    @Test
    void readsWhatWasWritten() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        TreeMap<String, byte[]> written = new TreeMap<>();
        StateWriter writer = new StateWriter(storage, folder, PARTITION);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[i == 0 ? 0 : random.nextInt(200_000)];
            random.nextBytes(bytes);
            String name = "file-%02d".formatted(i);
            written.put(name, bytes);
            if (random.nextBoolean()) {
                writeInPieces(writer.stream(name), bytes, random);
            } else {
                ByteBuffer all = ByteBuffer.wrap(bytes);
                var channel = writer.channel(name);
                assertThat(channel.write(all)).isEqualTo(bytes.length);
                assertThat(all.hasRemaining()).isFalse();
            }
        }
        Source source = source(writer);

        try (StateReader reader = new StateReader(storage, folder, source);
                Arena arena = Arena.ofConfined()) {
            reader.verify();
            assertThat(reader.files()).containsExactlyElementsOf(written.keySet());
            for (String name : written.keySet()) {
                byte[] bytes = written.get(name);
                assertThat(reader.size(name)).isEqualTo(bytes.length);
                assertThat(reader.stream(name).readAllBytes()).isEqualTo(bytes);
                assertThat(reader.map(name, arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
            }
            assertThatThrownBy(() -> reader.stream("nothing")).hasMessageContaining("'nothing'");
        }
    }

    private static void writeInPieces(OutputStream out, byte[] bytes, SplittableRandom random)
            throws IOException {
        int at = 0;
        while (at < bytes.length) {
            int piece = Math.min(bytes.length - at, random.nextInt(1, 90_000));
            if (piece == 1) {
                out.write(bytes[at]);
            } else {
                out.write(bytes, at, piece);
            }
            at += piece;
        }
    }

    @Test
    void aFileEndsWhereTheNextBegins() throws Exception {
        StateWriter writer = new StateWriter(storage, folder, PARTITION);
        OutputStream first = writer.stream("first");
        first.write(1);
        writer.stream("second").write(2);
        assertThatThrownBy(() -> first.write(3))
                .isInstanceOf(java.nio.channels.ClosedChannelException.class);
        assertThat(writer.finish()).hasSize(2).allMatch(file -> file.size() == 1);
    }

    @Test
    void refusesNamesThatLeadElsewhere() throws Exception {
        try (StateWriter writer = new StateWriter(storage, folder, PARTITION)) {
            writer.stream("taken");
            for (String name : List.of("", "a/b", "..\\x", "ä", "x".repeat(41), "taken")) {
                assertThatThrownBy(() -> writer.stream(name))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'" + name + "' is no file name");
            }
        }
    }

    @Test
    void tellsAChangedFileFromTheOneThatWasSaved() throws Exception {
        StateWriter writer = new StateWriter(storage, folder, PARTITION);
        writer.stream("numbers").write(new byte[100]);
        Source source = source(writer);
        Path path = folder.resolve("events-3.numbers");
        try (StorageFile file = storage.open(path)) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 100);
        }
        try (StateReader reader = new StateReader(storage, folder, source)) {
            assertThatThrownBy(reader::verify)
                    .isInstanceOf(UnusableCheckpointException.class)
                    .hasMessageContaining(path + " is damaged");
        }
    }
}
