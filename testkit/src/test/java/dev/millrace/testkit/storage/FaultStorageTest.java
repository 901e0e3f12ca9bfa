package dev.millrace.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.internal.StorageFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What [FaultStorage] does while nothing goes wrong, and how it fails on demand.
class FaultStorageTest {
    private static final Path DIRECTORY = Path.of("/data/log");
    private static final Path FILE = DIRECTORY.resolve("a");

    private final FaultStorage storage = new FaultStorage();

    @Test
    void readsWhatWasWritten() throws IOException {
        storage.createDirectories(DIRECTORY);
        try (StorageFile file = storage.open(FILE)) {
            write(file, 3, 1, 2, 3);
            assertThat(file.size()).isEqualTo(6);
            ByteBuffer into = ByteBuffer.allocate(8);
            assertThat(file.read(into, 1)).isEqualTo(5);
            assertThat(Arrays.copyOf(into.array(), 5)).containsExactly(0, 0, 1, 2, 3);
            assertThat(file.read(ByteBuffer.allocate(1), 6)).isZero();
            assertThat(file.read(ByteBuffer.allocate(1), 600)).isZero();
        }
        assertThat(storage.bytes(FILE)).containsExactly(0, 0, 0, 1, 2, 3);
        assertThat(storage.openFiles()).isZero();
    }

    @Test
    void refusesClosedFiles() throws IOException {
        storage.createDirectories(DIRECTORY);
        StorageFile file = storage.open(FILE);
        file.close();
        assertThatThrownBy(() -> write(file, 0, 1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::force).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void cutAndGrownAgainReadsZeros() throws IOException {
        storage.createDirectories(DIRECTORY);
        try (StorageFile file = storage.open(FILE)) {
            write(file, 0, 1, 2, 3, 4);
            file.truncate(2);
            write(file, 5, 9);
            assertThat(storage.bytes(FILE)).containsExactly(1, 2, 0, 0, 0, 9);
        }
    }

    @Test
    void mapsWhatIsThere() throws IOException {
        storage.createDirectories(DIRECTORY);
        try (StorageFile file = storage.open(FILE);
                Arena arena = Arena.ofConfined()) {
            write(file, 0, 1, 2, 3);
            ByteBuffer mapped = file.map(2, arena);
            assertThat(mapped.isReadOnly()).isTrue();
            assertThat(mapped.remaining()).isEqualTo(2);
            assertThat(mapped.get(1)).isEqualTo((byte) 2);
            assertThatThrownBy(() -> file.map(4, arena)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void renamesAndDeletesAsUnixDoes() throws IOException {
        storage.createDirectories(DIRECTORY);
        Path other = DIRECTORY.resolve("b");
        try (StorageFile file = storage.open(FILE);
                StorageFile replaced = storage.open(other)) {
            write(replaced, 0, 7);
            storage.rename(FILE, other);
            write(file, 0, 1); // the handle follows the file
            assertThat(storage.bytes(other)).containsExactly(1);
            assertThat(storage.list(DIRECTORY)).containsExactly("b");
            assertThatThrownBy(() -> storage.delete(DIRECTORY))
                    .isInstanceOf(DirectoryNotEmptyException.class);
            storage.delete(other);
            write(file, 1, 2); // nameless, but open
        }
        assertThat(storage.exists(other)).isFalse();
        assertThatThrownBy(() -> storage.delete(other)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.open(Path.of("/nowhere/a")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void movesDirectoriesWithAllThatIsInThem() throws IOException {
        storage.createDirectories(DIRECTORY);
        storage.open(FILE).close();
        storage.rename(DIRECTORY, Path.of("/data/moved"));
        assertThat(storage.files()).containsOnlyKeys(Path.of("/data/moved/a"));
        assertThat(storage.list(DIRECTORY)).isEmpty();
    }

    @Test
    void locksOncePerProcess() throws IOException {
        storage.createDirectories(DIRECTORY);
        Closeable lock = storage.lock(FILE, "pid 1");
        assertThat(lock).isNotNull();
        assertThat(storage.lock(FILE, "pid 2")).isNull();
        assertThat(storage.afterProcessKill().lock(FILE, "pid 3")).isNotNull();
        assertThat(storage.bytes(FILE)).asString().isEqualTo("pid 1");
        lock.close();
        assertThat(storage.lock(FILE, "pid 4")).isNotNull();
    }

    @Test
    void failsTheCallThatItIsToldTo() throws IOException {
        storage.createDirectories(DIRECTORY);
        try (StorageFile file = storage.open(FILE)) {
            storage.failAt(storage.calls() + 1, Fault.IO_ERROR);
            write(file, 0, 1);
            assertThatThrownBy(() -> write(file, 1, 2)).hasMessage("Input/output error");
            write(file, 1, 3);
            storage.failNext(call -> call.kind() == Call.Kind.WRITE, Fault.SHORT_WRITE_NO_SPACE);
            assertThatThrownBy(() -> write(file, 2, 4, 5, 6, 7))
                    .hasMessage("No space left on device");
            assertThat(storage.bytes(FILE)).containsExactly(1, 3, 4, 5);
            storage.failAll(call -> call.path().equals(FILE), Fault.NO_SPACE);
            assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(IOException.class);
            storage.heal();
            file.truncate(0);
            assertThat(storage.bytes(FILE)).isEmpty();
        }
    }

    @Test
    void isFullAtItsLimitAndGoesOnWhenThereIsSpace() throws IOException {
        storage.createDirectories(DIRECTORY);
        storage.limitTo(10);
        try (StorageFile file = storage.open(FILE);
                StorageFile other = storage.open(DIRECTORY.resolve("b"))) {
            write(file, 0, 1, 2, 3, 4, 5, 6);
            assertThat(storage.usableBytes(DIRECTORY)).isEqualTo(4);
            assertThatThrownBy(() -> write(other, 0, 1, 2, 3, 4, 5, 6))
                    .hasMessage("No space left on device");
            assertThat(storage.bytes(DIRECTORY.resolve("b"))).hasSize(4);
            write(file, 0, 9); // an overwrite takes no space
            assertThatThrownBy(() -> write(file, 6, 1)).isInstanceOf(IOException.class);
            storage.delete(DIRECTORY.resolve("b"));
            assertThat(storage.usableBytes(DIRECTORY)).isEqualTo(4);
            write(file, 6, 1);
        }
    }

    @Test
    void flipsBitsAndCutsFiles() throws IOException {
        storage.createDirectories(DIRECTORY);
        try (StorageFile file = storage.open(FILE)) {
            write(file, 0, 1, 2, 3, 4);
        }
        storage.corrupt(FILE, 1, 0x81);
        storage.truncate(FILE, 3);
        assertThat(storage.bytes(FILE)).containsExactly(1, 0x83, 3);
        assertThat(storage.dropAllUnforced().files()).isEmpty(); // its name was never forced
        storage.forceDirectory(DIRECTORY);
        assertThat(storage.dropAllUnforced().bytes(FILE)).containsExactly(1, 0x83, 3);
    }

    private static void write(StorageFile file, long position, int... bytes) throws IOException {
        ByteBuffer from = ByteBuffer.allocate(bytes.length);
        for (int each : bytes) {
            from.put((byte) each);
        }
        file.write(from.flip(), position);
    }
}
