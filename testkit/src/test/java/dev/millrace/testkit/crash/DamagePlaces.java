package dev.millrace.testkit.crash;

import dev.millrace.log.LocalLog;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.testkit.storage.FaultStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Which records stand where in the files of a sound log: the batches of its segments and the frame
/// groups of its journal, found by their lengths alone.
final class DamagePlaces {
    /// A record, by its place in the log.
    record Place(TopicPartition partition, long offset) {}

    private record Stretch(int from, int to, Set<Place> records) {}

    private static final int BATCH_HEADER_BYTES = 61;
    private static final int GROUP_MAGIC = 0x4D524A31;
    private static final int GROUP_HEADER_BYTES = 40;

    private final Map<Path, List<Stretch>> stretches = new HashMap<>();

    DamagePlaces(FaultStorage storage, LocalLog log) throws IOException {
        Map<UUID, String> names = new HashMap<>();
        for (TopicDescription topic : log.topics()) {
            names.put(topic.id(), topic.name());
        }
        for (Path file : storage.files().keySet()) {
            ByteBuffer bytes = ByteBuffer.wrap(storage.bytes(file));
            if (file.toString().endsWith(".log")) {
                stretches.put(file, batches(partition(file), bytes));
            } else if (file.toString().endsWith(".journal")) {
                stretches.put(file, groups(names, bytes));
            }
        }
    }

    /// The records that damage at a byte of a file may take: those of its batch or frame group.
    Set<Place> at(Path file, int position) {
        for (Stretch stretch : stretches.getOrDefault(file, List.of())) {
            if (position >= stretch.from && position < stretch.to) {
                return stretch.records;
            }
        }
        return Set.of();
    }

    /// The records that may go where a file is cut.
    Set<Place> from(Path file, int size) {
        Set<Place> records = new HashSet<>();
        for (Stretch stretch : stretches.getOrDefault(file, List.of())) {
            if (stretch.to > size) {
                records.addAll(stretch.records);
            }
        }
        return records;
    }

    private static TopicPartition partition(Path segment) {
        String directory = segment.getParent().getFileName().toString();
        int dash = directory.lastIndexOf('-');
        return new TopicPartition(
                directory.substring(0, dash), Integer.parseInt(directory.substring(dash + 1)));
    }

    private static List<Stretch> batches(TopicPartition partition, ByteBuffer bytes) {
        List<Stretch> found = new ArrayList<>();
        int at = 0;
        while (at + BATCH_HEADER_BYTES <= bytes.limit()) {
            long base = bytes.getLong(at);
            int end = at + 12 + bytes.getInt(at + 8);
            found.add(
                    new Stretch(
                            at, end, places(partition, base, base + bytes.getInt(at + 23) + 1)));
            at = end;
        }
        return found;
    }

    /// Groups of an earlier use of the file are found too; what they hold is nowhere else by now.
    private static List<Stretch> groups(Map<UUID, String> names, ByteBuffer bytes) {
        List<Stretch> found = new ArrayList<>();
        int at = 0;
        while (at + GROUP_HEADER_BYTES <= bytes.limit()) {
            if (bytes.getInt(at) != GROUP_MAGIC) {
                at += 8;
                continue;
            }
            int end = at + bytes.getInt(at + 32);
            Set<Place> records = new HashSet<>();
            int frame = at + GROUP_HEADER_BYTES;
            for (int i = 0; i < bytes.getInt(at + 36); i++) {
                int kind = bytes.getInt(frame + 36);
                String name =
                        names.get(new UUID(bytes.getLong(frame + 16), bytes.getLong(frame + 24)));
                if (kind <= 2 && name != null) {
                    records.addAll(
                            places(
                                    new TopicPartition(name, bytes.getInt(frame + 32)),
                                    bytes.getLong(frame + 40),
                                    bytes.getLong(frame + 48)));
                }
                frame += bytes.getInt(frame);
            }
            found.add(new Stretch(at, end, records));
            at = (end + 7) / 8 * 8;
        }
        return found;
    }

    /// Whether a file that is cut here still ends behind a batch.
    boolean isBoundary(Path file, int size) {
        return size == 0
                || stretches.getOrDefault(file, List.of()).stream()
                        .anyMatch(stretch -> stretch.to == size);
    }

    /// Whether a topic may go, and all its records with it.
    static boolean takesTopics(Set<Place> records) {
        return records.stream().anyMatch(place -> place.partition().topic().startsWith("__"));
    }

    private static Set<Place> places(TopicPartition partition, long from, long to) {
        Set<Place> records = new HashSet<>();
        for (long offset = from; offset < to; offset++) {
            records.add(new Place(partition, offset));
        }
        return records;
    }
}
