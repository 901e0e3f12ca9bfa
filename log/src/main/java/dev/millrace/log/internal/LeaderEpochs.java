package dev.millrace.log.internal;

import dev.millrace.log.LeaderEpoch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The leader epochs of a partition, `leader-epoch-checkpoint` in Kafka's format: lines of text `0`
/// (version), the number of entries, then `epoch startOffset` for each, both increasing.
///
/// The epoch goes up whenever recovery cut records away, so that a reader who saw them can tell.
/// Written aside and renamed: a crash leaves the old file or the new one. The format has no
/// checksum, and one flipped bit in it would make sound batches look wrong, so a file beside it has
/// the CRC-32C of its text; where the two disagree, the batches tell.
///
/// One thread changes it; any number read.
final class LeaderEpochs {
    static final String FILE = "leader-epoch-checkpoint";
    private static final String SUM_FILE = FILE + ".sum";

    private volatile List<LeaderEpoch> entries;

    private LeaderEpochs(List<LeaderEpoch> entries) {
        this.entries = entries;
    }

    static LeaderEpochs initial() {
        return new LeaderEpochs(List.of(new LeaderEpoch(0, 0)));
    }

    /// The epochs of the file; null where it is missing or cannot be right.
    static @Nullable LeaderEpochs read(Storage storage, Path directory) throws IOException {
        String text = DurableText.read(storage, directory.resolve(FILE));
        String sum = DurableText.read(storage, directory.resolve(SUM_FILE));
        if (text == null || sum != null && !sum.equals(sum(text))) {
            return null;
        }
        List<LeaderEpoch> entries = new ArrayList<>();
        try {
            List<String> lines = text.lines().toList();
            int count = Integer.parseInt(lines.get(1));
            for (String line : lines.subList(2, lines.size())) {
                String[] words = line.split(" ");
                LeaderEpoch entry =
                        new LeaderEpoch(Integer.parseInt(words[0]), Long.parseLong(words[1]));
                if (!entries.isEmpty()
                        && (entry.epoch() <= entries.getLast().epoch()
                                || entry.startOffset() < entries.getLast().startOffset())) {
                    return null;
                }
                entries.add(entry);
            }
            if (!lines.getFirst().equals("0") || entries.isEmpty() || count != entries.size()) {
                return null;
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return null;
        }
        return new LeaderEpochs(List.copyOf(entries));
    }

    /// Writes the file so that it is there whole after any crash.
    void write(Storage storage, Path directory) throws IOException {
        String text = text();
        DurableText.write(storage, directory.resolve(FILE), text);
        DurableText.write(storage, directory.resolve(SUM_FILE), sum(text));
    }

    private static String sum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return "%08x%n".formatted(crc.getValue());
    }

    private String text() {
        List<LeaderEpoch> now = entries;
        StringBuilder text = new StringBuilder("0\n").append(now.size()).append('\n');
        for (LeaderEpoch entry : now) {
            text.append(entry.epoch()).append(' ').append(entry.startOffset()).append('\n');
        }
        return text.toString();
    }

    /// Writes the file of a new partition, not forced: until then the batches tell the same.
    void writeLazily(Storage storage, Path directory) throws IOException {
        String text = text();
        DurableText.writeLazily(storage, directory.resolve(FILE), text);
        DurableText.writeLazily(storage, directory.resolve(SUM_FILE), sum(text));
    }

    /// All epochs, the latest last.
    List<LeaderEpoch> all() {
        return entries;
    }

    int latest() {
        return entries.getLast().epoch();
    }

    /// The epoch under which the record at `offset` was written.
    int at(long offset) {
        List<LeaderEpoch> now = entries;
        for (int i = now.size() - 1; i > 0; i--) {
            if (now.get(i).startOffset() <= offset) {
                return now.get(i).epoch();
            }
        }
        return now.getFirst().epoch();
    }

    /// Learns the epochs from batches, oldest first: a higher one begins with its batch, a lower
    /// one shows that those above it never were, but in a damaged header.
    void learn(int epoch, long baseOffset) {
        if (epoch < 0) {
            return;
        }
        List<LeaderEpoch> changed = new ArrayList<>(entries);
        while (!changed.isEmpty() && changed.getLast().epoch() > epoch) {
            changed.removeLast();
        }
        if (changed.isEmpty()) {
            changed.add(new LeaderEpoch(epoch, 0));
        } else if (changed.getLast().epoch() < epoch) {
            changed.add(new LeaderEpoch(epoch, baseOffset));
        }
        entries = List.copyOf(changed);
    }

    /// Begins `epoch` at `startOffset`; entries that begin there or later are forgotten, since no
    /// record was kept under them.
    void begin(int epoch, long startOffset) {
        List<LeaderEpoch> changed = new ArrayList<>(entries);
        while (!changed.isEmpty() && changed.getLast().startOffset() >= startOffset) {
            changed.removeLast();
        }
        changed.add(new LeaderEpoch(epoch, startOffset));
        entries = List.copyOf(changed);
    }
}
