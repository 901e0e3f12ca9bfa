package dev.millrace.log.internal;

import static dev.millrace.log.internal.JournalFiles.FIRST;
import static dev.millrace.log.internal.JournalFiles.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogFiles;
import dev.millrace.log.internal.JournalFiles.Found;
import dev.millrace.log.internal.JournalFiles.Writing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A frame group with sound ones behind it is damaged: reported, and the rest salvaged.
class DamagedGroupTest {
    private static final int CONTENT = 100;
    private static final int FRAME = JournalFormat.FRAME_BYTES + CONTENT;
    private static final int GROUP = JournalFormat.GROUP_BYTES + 2 * FRAME;

    @TempDir Path directory;
    private JournalFiles files;
    private final List<String> lines = new ArrayList<>();

    /// Three groups of two frames each, one for each partition; 400 bytes a group.
    @BeforeEach
    void write() throws IOException {
        files = new JournalFiles(directory, 64 << 10);
        Journal journal = files.open();
        Writing first = new Writing(FIRST);
        Writing second = new Writing(SECOND);
        List<String> ofSecond = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            JournalGroup group = journal.begin();
            lines.add(first.data(group, new byte[CONTENT]));
            ofSecond.add(second.data(group, new byte[CONTENT]));
            journal.write();
            journal.force();
        }
        lines.addAll(ofSecond);
        journal.close();
    }

    @Test
    void anyFlippedBitOfAMiddleGroupIsReportedAndTakesNothingElseAway() throws IOException {
        assertThat(GROUP % JournalFormat.ALIGNMENT).isZero();
        for (int at = GROUP; at < 2 * GROUP; at++) {
            LogFiles.flip(files.file(0), at, 0x10);
            Found found = files.read();
            assertThat(found.damage()).as("flipped at %d", at).hasSize(1);
            assertThat(found.sound()).as("flipped at %d", at).isFalse();
            assertThat(found.torn()).as("flipped at %d", at).isEmpty();
            assertThat(found.frames())
                    .as("flipped at %d", at)
                    .isSubsetOf(lines)
                    .contains(lines.get(0), lines.get(2), lines.get(3), lines.get(5));
            LogFiles.flip(files.file(0), at, 0x10);
        }
    }

    @Test
    void theSoundFramesOfADamagedGroupAreSalvaged() throws IOException {
        int firstFrame = GROUP + JournalFormat.GROUP_BYTES;
        LogFiles.flip(files.file(0), firstFrame + FRAME - 1, 1);
        assertThat(files.read().frames()).isEqualTo(without(1));
        LogFiles.flip(files.file(0), firstFrame + FRAME - 1, 1);

        LogFiles.flip(files.file(0), firstFrame + FRAME + 40, 1);
        assertThat(files.read().frames()).isEqualTo(without(4));
    }

    private List<String> without(int index) {
        List<String> some = new ArrayList<>(lines);
        some.remove(index);
        return some;
    }

    @Test
    void theReportNamesGroupFileAndPlace() throws IOException {
        LogFiles.flip(files.file(0), GROUP + JournalFormat.GROUP_BYTES + 100, 1);
        assertThat(files.read().damage())
                .containsExactly(
                        "journal: frame group 2 at byte %d of %s: frame 0 fails its CRC-32C"
                                .formatted(GROUP, files.file(0)));
    }

    @Test
    void damageBelowTheFirstNeededGroupDoesNotMatter() throws IOException {
        Journal journal = files.open();
        journal.checkpoint(Map.of(), journal.lastSequence() + 1, false);
        journal.close();
        for (int at = 0; at < 3 * GROUP; at += 7) {
            LogFiles.flip(files.file(0), at, 1);
        }
        Found found = files.read();
        assertThat(found.damage()).isEmpty();
        assertThat(found.sound()).isTrue();
    }

    @Test
    void aMissingFileOfNeededGroupsIsDamage() throws IOException {
        Journal journal = new JournalFiles(directory, 4096).open();
        Writing first = new Writing(FIRST);
        for (int i = 0; i < 10; i++) {
            JournalRoundTripTest.group(journal, first, i);
        }
        journal.close();
        assertThat(files.read().damage()).isEmpty();
        LogFiles.truncate(files.file(1), 0);

        Found found = files.read();
        assertThat(found.damage()).hasSize(1).first().asString().contains("cannot be read");
        assertThat(found.sound()).isFalse();
    }
}
