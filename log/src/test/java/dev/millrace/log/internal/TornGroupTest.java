package dev.millrace.log.internal;

import static dev.millrace.log.internal.JournalFiles.FIRST;
import static dev.millrace.log.internal.JournalFiles.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogFiles;
import dev.millrace.log.internal.JournalFiles.Found;
import dev.millrace.log.internal.JournalFiles.Writing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The last frame group of the journal was being written when the process or the power went: it
/// never was, and nothing before it or behind it suffers.
class TornGroupTest {
    @TempDir Path directory;

    @Test
    void aGroupCutAnywhereNeverWasAndAllBeforeItIsThere() throws IOException {
        JournalFiles files = new JournalFiles(directory, 64 << 10);
        Journal journal = files.open();
        List<String> lines = new ArrayList<>();
        Writing first = new Writing(FIRST);
        for (int i = 0; i < 3; i++) {
            lines.add(first.data(journal.begin(), content(i)));
            journal.write();
            journal.force();
        }
        Path file = files.file(0);
        byte[] before = Files.readAllBytes(file);
        JournalGroup group = journal.begin();
        first.data(group, content(3));
        new Writing(SECOND).data(group, content(4));
        journal.write();
        byte[] after = Files.readAllBytes(file);
        journal.close();

        int from = Arrays.mismatch(before, after);
        int to = lastDifference(before, after);
        for (int cut = from; cut <= to; cut++) {
            byte[] torn = Arrays.copyOf(after, after.length);
            System.arraycopy(before, cut, torn, cut, before.length - cut);
            Files.write(file, torn);
            Found found = files.read();
            assertThat(found.frames()).as("cut at %d", cut).isEqualTo(lines);
            assertThat(found.damage()).as("cut at %d", cut).isEmpty();
            assertThat(found.sound()).as("cut at %d", cut).isTrue();
            if (cut >= from + JournalFormat.GROUP_BYTES) {
                assertThat(found.torn()).as("cut at %d", cut).hasSize(1);
            }
        }
    }

    @Test
    void aFileThatEndsInTheGroupIsATornGroup() throws IOException {
        JournalFiles files = new JournalFiles(directory, 64 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        List<String> lines = List.of(first.data(journal.begin(), content(1)));
        journal.write();
        journal.force();
        first.data(journal.begin(), new byte[50_000]);
        journal.write();
        journal.close();

        LogFiles.truncate(files.file(0), 5 * JournalGroup.PAGE_BYTES);
        Found found = files.read();
        assertThat(found.frames()).isEqualTo(lines);
        assertThat(found.torn()).hasSize(1);
        assertThat(found.damage()).isEmpty();
    }

    /// Only the last group can have been torn: whatever follows was written after its force.
    @Test
    void twoDamagedGroupsAtTheEndAreNotBothTorn() throws IOException {
        JournalFiles files = new JournalFiles(directory, 64 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        List<String> lines = new ArrayList<>();
        long[] ends = new long[4];
        for (int i = 0; i < 4; i++) {
            lines.add(first.data(journal.begin(), content(i)));
            journal.write();
            journal.force();
            ends[i] = endOfGroups(files.file(0));
        }
        journal.close();
        LogFiles.flip(files.file(0), ends[2] - 1, 1);
        LogFiles.flip(files.file(0), ends[3] - 1, 1);

        Found found = files.read();
        assertThat(found.torn()).hasSize(1);
        assertThat(found.damage()).hasSize(1);
        assertThat(found.sound()).isFalse();
        assertThat(found.frames()).isEqualTo(lines.subList(0, 2));
    }

    @Test
    void aTornGroupAtTheBeginningOfAnotherFileIsForgotten() throws IOException {
        JournalFiles files = new JournalFiles(directory, 8 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        while (!journal.full()) {
            JournalRoundTripTest.group(journal, first, 1);
        }
        PartitionEnd acknowledged = first.end();
        JournalGroup group = journal.begin();
        first.data(group, new byte[3000]);
        first.data(group, new byte[3000]);
        journal.write();
        journal.close();
        LogFiles.flip(files.file(1), 5000, 1);

        for (int opening = 0; opening < 3; opening++) {
            Found torn = files.read();
            assertThat(torn.damage()).as("damage at opening %d", opening).isEmpty();
            assertThat(torn.torn()).as("torn at opening %d", opening).hasSize(opening == 0 ? 1 : 0);
            // as recovery does
            Journal again = files.open();
            again.checkpoint(Map.of(FIRST, acknowledged), again.lastSequence() + 1, false);
            Writing next = new Writing(FIRST);
            String line = JournalRoundTripTest.group(again, next, opening);
            again.close();

            Found found = files.read();
            assertThat(found.damage()).as("damage after opening %d", opening).isEmpty();
            assertThat(found.forced().get(FIRST)).isEqualTo(acknowledged);
            assertThat(found.frames()).containsExactly(line);
        }
    }

    private static byte[] content(int value) {
        byte[] bytes = new byte[300];
        Arrays.fill(bytes, (byte) (value + 1));
        return bytes;
    }

    private static int lastDifference(byte[] a, byte[] b) {
        int i = b.length - 1;
        while (a.length > i && a[i] == b[i]) {
            i--;
        }
        return i;
    }

    /// Where the zeros begin.
    private static long endOfGroups(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
