package dev.millrace.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.internal.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What [FaultStorage] may leave after a crash: every legal state is reached, and no other.
class LegalStatesTest {
    private static final int SECTOR = 512;
    private static final int PAGE = 4096;
    private static final int DRAWS = 4000;
    private static final Path DIRECTORY = Path.of("/d");
    private static final Path FILE = DIRECTORY.resolve("a");

    private final FaultStorage storage = new FaultStorage();

    LegalStatesTest() throws IOException {
        storage.createDirectories(DIRECTORY);
    }

    @Test
    void aKilledProcessLeavesAllThatWasWritten() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, PAGE, 'a');
            FaultStorage killed = storage.afterProcessKill();
            assertThat(killed.bytes(FILE)).hasSize(PAGE);
            fill(file, PAGE, 10, 'b');
            assertThat(killed.bytes(FILE)).hasSize(PAGE);
            // what is unforced still is, and the power may go later
            assertThat(killed.dropAllUnforced().bytes(FILE)).isEmpty();
        }
    }

    @Test
    void everyPointOfTheHistoryCanBeReturnedTo() throws IOException {
        try (StorageFile file = named(FILE)) {
            int before = storage.operations();
            fill(file, 0, PAGE, 'a');
            file.force();
            fill(file, 100, 2 * PAGE, 'b');
            assertThat(storage.snapshotAt(before).bytes(FILE)).isEmpty();
            assertThat(storage.snapshotAt(before + 1).dropAllUnforced().bytes(FILE)).isEmpty();
            assertThat(letters(storage.snapshotAt(before + 2).dropAllUnforced().bytes(FILE)))
                    .isEqualTo("a");
            assertThat(storage.snapshotAt(before + 3).bytes(FILE)).hasSize(2 * PAGE + 100);
            assertThat(storage.snapshotInside(before + 2, 0).bytes(FILE)).containsOnly('a');
            assertThat(storage.snapshotInside(before + 2, 1).bytes(FILE)).hasSize(PAGE);
            assertThat(letters(storage.snapshotInside(before + 2, 1).bytes(FILE))).isEqualTo("ab");
            assertThat(storage.snapshotInside(before + 2, 2).bytes(FILE)).hasSize(2 * PAGE);
            assertThat(storage.snapshotInside(before + 2, 9).bytes(FILE)).hasSize(2 * PAGE + 100);
            assertThat(storage.snapshotInside(before + 1, 1).keepAll().bytes(FILE)).hasSize(PAGE);
        }
    }

    @Test
    void unforcedWritesAreKeptDroppedAndReordered() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 3 * SECTOR, '-');
            file.force();
            for (int i = 0; i < 3; i++) {
                fill(file, i * SECTOR, SECTOR, 'a' + i);
            }
            Set<String> states = new TreeSet<>();
            draw(state -> states.add(sectors(state.bytes(FILE))));
            assertThat(states)
                    .containsExactlyInAnyOrder(
                            "---", "a--", "-b-", "--c", "ab-", "a-c", "-bc", "abc");
        }
    }

    @Test
    void aWriteIsTornOnlyAtSectors() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 2 * PAGE, '-');
            file.force();
            fill(file, 100, PAGE, 'x');
            Set<String> states = new HashSet<>();
            draw(
                    state -> {
                        byte[] bytes = state.bytes(FILE);
                        for (int at = 0; at < 2 * PAGE; at += SECTOR) {
                            byte[] old = Arrays.copyOfRange(bytes, at, at + SECTOR);
                            boolean untouched = letters(old).equals("-");
                            assertThat(
                                            untouched
                                                    || Arrays.equals(
                                                            old,
                                                            Arrays.copyOfRange(
                                                                    storage.bytes(FILE),
                                                                    at,
                                                                    at + SECTOR)))
                                    .isTrue();
                        }
                        states.add(letters(bytes));
                    });
            assertThat(states).contains("-", "-x-");
        }
    }

    @Test
    void someTearsAreOfWholePages() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 2 * PAGE, '-');
            file.force();
            fill(file, 0, 2 * PAGE, 'x');
            Set<String> states = new HashSet<>();
            draw(state -> states.add(sectors(state.bytes(FILE))));
            assertThat(states)
                    .contains("-".repeat(8) + "x".repeat(8), "x".repeat(8) + "-".repeat(8))
                    .hasSizeGreaterThan(100);
        }
    }

    @Test
    void oneSectorHasItsVersionsInOrder() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 30, '-');
            file.force();
            fill(file, 0, 10, 'a');
            fill(file, 10, 10, 'b');
            fill(file, 0, 5, 'c');
            Set<String> states = new TreeSet<>();
            draw(state -> states.add(letters(state.bytes(FILE))));
            assertThat(states).containsExactlyInAnyOrder("-", "a-", "ab-", "cab-");
        }
    }

    @Test
    void forcedBytesAreNeverLost() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        try (StorageFile file = named(FILE)) {
            byte[] forced = new byte[0];
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 4; i++) {
                    fill(file, random.nextInt(3 * PAGE), random.nextInt(1, PAGE), 'a' + round % 26);
                }
                if (round % 3 == 0) {
                    file.force();
                    forced = storage.bytes(FILE);
                    for (FaultStorage state : states(40)) {
                        assertThat(state.bytes(FILE)).isEqualTo(forced);
                    }
                } else {
                    for (FaultStorage state : states(40)) {
                        assertThat(state.bytes(FILE).length).isGreaterThanOrEqualTo(forced.length);
                    }
                }
            }
        }
    }

    @Test
    void aFileMayHaveGrownWithoutItsData() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, SECTOR, 'a');
            file.force();
            fill(file, SECTOR, 3 * PAGE, 'b');
            Set<Integer> sizes = new TreeSet<>();
            Set<String> states = new HashSet<>();
            draw(
                    state -> {
                        byte[] bytes = state.bytes(FILE);
                        sizes.add(bytes.length);
                        states.add(letters(bytes));
                    });
            assertThat(sizes).containsExactly(SECTOR, PAGE, 2 * PAGE, 3 * PAGE, 3 * PAGE + SECTOR);
            assertThat(states).contains("a", "a\0", "ab", "a\0b");
        }
    }

    @Test
    void aTruncationMayNotHaveHappened() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 2 * PAGE, 'a');
            file.force();
            file.truncate(SECTOR);
            fill(file, SECTOR, 2 * SECTOR, 'b');
            Set<String> states = new TreeSet<>();
            draw(state -> states.add(letters(state.bytes(FILE)) + state.bytes(FILE).length));
            // what was cut is zero in its own page or as it was, and never comes back behind "b"
            assertThat(states)
                    .contains("a" + 2 * PAGE, "a" + SECTOR, "ab" + 3 * SECTOR, "a\0" + 3 * SECTOR)
                    .doesNotContain("a" + 3 * SECTOR, "aba" + 3 * SECTOR);
            file.force();
            draw(state -> assertThat(letters(state.bytes(FILE))).isEqualTo("ab"));
        }
    }

    @Test
    void recycledFilesShowStaleBytes() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 4 * SECTOR, 'o');
            file.force();
            Path recycled = DIRECTORY.resolve("b");
            storage.rename(FILE, recycled);
            storage.forceDirectory(DIRECTORY);
            fill(file, 0, 2 * SECTOR, 'n');
            Set<String> states = new TreeSet<>();
            draw(state -> states.add(sectors(state.bytes(recycled))));
            assertThat(states).containsExactlyInAnyOrder("oooo", "nooo", "onoo", "nnoo");
        }
    }

    @Test
    void unforcedNamesMayBeLost() throws IOException {
        Path kept = DIRECTORY.resolve("kept");
        Path gone = DIRECTORY.resolve("gone");
        named(kept).close();
        named(gone).close();
        storage.delete(gone);
        storage.open(DIRECTORY.resolve("new")).close();
        storage.rename(kept, DIRECTORY.resolve("renamed"));
        Set<String> states = new TreeSet<>();
        draw(state -> states.add(String.join(" ", state.list(DIRECTORY))));
        assertThat(states)
                .containsExactlyInAnyOrder(
                        "gone kept",
                        "kept",
                        "gone kept new",
                        "kept new",
                        "gone renamed",
                        "renamed",
                        "gone new renamed",
                        "new renamed");
        storage.forceDirectory(DIRECTORY);
        draw(state -> assertThat(state.list(DIRECTORY)).containsExactly("new", "renamed"));
    }

    @Test
    void aReplacingRenameIsAtomic() throws IOException {
        Path target = DIRECTORY.resolve("current");
        try (StorageFile old = named(target);
                StorageFile next = storage.open(FILE)) {
            fill(old, 0, 1, 'o');
            old.force();
            fill(next, 0, 1, 'n');
            next.force();
            storage.rename(FILE, target);
            Set<String> states = new TreeSet<>();
            draw(state -> states.add(letters(state.bytes(target)) + state.exists(FILE)));
            // the last: neither the name of the new file nor the renaming were forced
            assertThat(states).containsExactlyInAnyOrder("nfalse", "otrue", "ofalse");
        }
    }

    @Test
    void changesOfOneNameStayInOrder() throws IOException {
        try (StorageFile first = named(FILE)) {
            fill(first, 0, 1, '1');
            first.force();
        }
        Path moved = DIRECTORY.resolve("moved");
        storage.rename(FILE, moved);
        storage.open(FILE).close();
        draw(
                state -> {
                    // a new file of that name can only be there once the old one has moved
                    assertThat(state.exists(moved) || state.bytes(FILE).length == 1).isTrue();
                });
    }

    @Test
    void aRenamingBetweenDirectoriesIsForcedByEither() throws IOException {
        Path other = Path.of("/e");
        storage.createDirectories(other);
        named(FILE).close();
        storage.rename(FILE, other.resolve("a"));
        storage.forceDirectory(other);
        assertThat(storage.dropAllUnforced().files()).containsOnlyKeys(other.resolve("a"));
    }

    @Test
    void createdDirectoriesAreForced() throws IOException {
        storage.createDirectories(Path.of("/d/e/f"));
        assertThat(storage.dropAllUnforced().list(Path.of("/d/e"))).containsExactly("f");
    }

    @Test
    void forcingAFileSaysNothingAboutItsName() throws IOException {
        try (StorageFile file = storage.open(FILE)) {
            fill(file, 0, 1, 'x');
            file.force();
            assertThat(storage.dropAllUnforced().exists(FILE)).isFalse();
            assertThat(storage.keepAll().bytes(FILE)).containsExactly('x');
        }
    }

    @Test
    void afterAFailedForceALaterOneProvesNothing() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 3 * PAGE, '-');
            file.force();
            fill(file, 0, SECTOR, 'a');
            fill(file, 2 * PAGE, SECTOR, 'b');
            storage.failNext(call -> call.kind() == Call.Kind.FORCE, Fault.IO_ERROR);
            assertThatThrownBy(file::force).hasMessage("Input/output error");
            assertThat(letters(storage.bytes(FILE))).isEqualTo("a-b-");
            fill(file, 1000, 1, 'c'); // the page of "a" is dirty again, that of "b" is clean
            file.force();
            Set<String> states = new TreeSet<>();
            draw(state -> states.add(letters(state.bytes(FILE))));
            assertThat(states).containsExactlyInAnyOrder("a-c-", "a-c-b-");
            assertThat(letters(storage.dropAllUnforced().bytes(FILE))).isEqualTo("a-c-");
            assertThat(letters(storage.afterProcessKill().dropAllUnforced().bytes(FILE)))
                    .isEqualTo("a-c-");
            storage.evictCleanPages();
            assertThat(letters(storage.bytes(FILE))).isEqualTo("a-c-");
        }
    }

    @Test
    void afterAFailedForceTheSizeIsForcedWithoutTheData() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, SECTOR, 'a');
            storage.failNext(call -> call.kind() == Call.Kind.FORCE, Fault.IO_ERROR);
            assertThatThrownBy(file::force).isInstanceOf(IOException.class);
            assertThat(storage.dropAllUnforced().bytes(FILE)).isEmpty();
            file.force();
            assertThat(storage.dropAllUnforced().bytes(FILE)).isEqualTo(new byte[SECTOR]);
            storage.evictCleanPages();
            assertThat(storage.bytes(FILE)).isEqualTo(new byte[SECTOR]);
        }
    }

    @Test
    void aFailedForceOfADirectoryLeavesItsNamesToTheNext() throws IOException {
        storage.open(FILE).close();
        storage.failNext(call -> call.kind() == Call.Kind.FORCE_DIRECTORY, Fault.IO_ERROR);
        assertThatThrownBy(() -> storage.forceDirectory(DIRECTORY)).isInstanceOf(IOException.class);
        assertThat(storage.dropAllUnforced().exists(FILE)).isFalse();
        storage.forceDirectory(DIRECTORY);
        assertThat(storage.dropAllUnforced().exists(FILE)).isTrue();
    }

    @Test
    void theSameSeedLeavesTheSameState() throws IOException {
        try (StorageFile file = named(FILE)) {
            fill(file, 0, 5 * PAGE, 'a');
            fill(file, PAGE, PAGE, 'b');
            storage.rename(FILE, DIRECTORY.resolve("b"));
            for (int seed = 0; seed < 50; seed++) {
                FaultStorage one = storage.afterPowerLoss(new SplittableRandom(seed));
                FaultStorage two = storage.afterPowerLoss(new SplittableRandom(seed));
                assertThat(one.files()).isEqualTo(two.files());
                for (Path each : one.files().keySet()) {
                    assertThat(one.bytes(each)).isEqualTo(two.bytes(each));
                }
            }
        }
    }

    private interface Look {
        void at(FaultStorage state) throws IOException;
    }

    private void draw(Look look) throws IOException {
        for (FaultStorage state : states(DRAWS)) {
            look.at(state);
        }
    }

    private Iterable<FaultStorage> states(int count) {
        SplittableRandom random = new SplittableRandom(42);
        return () ->
                java.util.stream.IntStream.range(0, count)
                        .mapToObj(i -> storage.afterPowerLoss(random))
                        .iterator();
    }

    /// A file whose name is forced.
    private StorageFile named(Path path) throws IOException {
        StorageFile file = storage.open(path);
        storage.forceDirectory(DIRECTORY);
        return file;
    }

    private static void fill(StorageFile file, long position, int length, int value)
            throws IOException {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        file.write(ByteBuffer.wrap(bytes), position);
    }

    /// The first letter of every sector.
    private static String sectors(byte[] bytes) {
        StringBuilder letters = new StringBuilder();
        for (int at = 0; at < bytes.length; at += SECTOR) {
            letters.append((char) bytes[at]);
        }
        return letters.toString();
    }

    /// The letters without repetitions.
    private static String letters(byte[] bytes) {
        StringBuilder letters = new StringBuilder();
        for (byte each : bytes) {
            if (letters.isEmpty() || letters.charAt(letters.length() - 1) != (char) each) {
                letters.append((char) each);
            }
        }
        return letters.toString();
    }
}
