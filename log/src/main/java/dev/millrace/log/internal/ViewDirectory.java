package dev.millrace.log.internal;

import dev.millrace.log.TopicPartition;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The checkpoints of one view, `views/<name>/`:
///
/// | name | what |
/// |---|---|
/// | `CURRENT` | the number of the generation that counts, decimal, one line |
/// | `NEXT` | likewise, of another code version that is still being replayed |
/// | `<generation>/checkpoint` | see [ViewCheckpointFormat] |
/// | `<generation>/<topic>-<partition>.<file>` | a file that a fold saved |
///
/// A checkpoint is published by renaming `CURRENT.new` to `CURRENT` when all that it leads to has
/// been forced, and the directory is forced behind it: a crash leaves the old one or the new one.
/// Only then is deleted what neither `CURRENT` nor `NEXT` needs. A folder is never used twice, so
/// that nothing depends on a file whose force has failed. When the other code version has caught
/// up, renaming `NEXT` to `CURRENT` puts it in the first one's place.
///
/// For any number of threads.
final class ViewDirectory {
    private static final String CHECKPOINT_FILE = "checkpoint";
    private static final int LARGEST_CHECKPOINT_FILE = 1 << 30;

    /// Which of the two checkpoints.
    enum Slot {
        CURRENT,
        NEXT
    }

    private final Storage storage;
    private final Path root;
    private final Map<Slot, ViewCheckpoint> published = new EnumMap<>(Slot.class);
    private final Set<Long> underWay = new HashSet<>();
    private long lastGeneration;

    ViewDirectory(Storage storage, Path root) {
        this.storage = storage;
        this.root = root;
    }

    /// The checkpoint of a slot, read again; null where there is none. Its files are not looked at.
    synchronized @Nullable ViewCheckpoint read(Slot slot)
            throws IOException, UnusableCheckpointException {
        published.remove(slot);
        String text = DurableText.read(storage, root.resolve(slot.name()));
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,18}\\s*")) {
            throw new UnusableCheckpointException(
                    "%s is damaged: it says '%s'".formatted(root.resolve(slot.name()), text));
        }
        long generation = Long.parseLong(text.strip());
        Path file = folder(generation).resolve(CHECKPOINT_FILE);
        if (!storage.exists(file)) {
            throw new UnusableCheckpointException("the file " + file + " is missing");
        }
        ViewCheckpoint checkpoint = ViewCheckpointFormat.decode(bytes(file));
        if (checkpoint.generation() != generation) {
            throw new UnusableCheckpointException("it is damaged: it is not the one of its folder");
        }
        published.put(slot, checkpoint);
        return checkpoint;
    }

    private ByteBuffer bytes(Path path) throws IOException {
        try (StorageFile file = storage.open(path)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) Math.min(file.size(), LARGEST_CHECKPOINT_FILE));
            file.read(bytes, 0);
            return bytes.flip();
        }
    }

    StateReader reader(Source source) {
        return new StateReader(storage, folder(source.filesGeneration()), source);
    }

    StateWriter writer(long generation, TopicPartition partition) {
        return new StateWriter(storage, folder(generation), partition);
    }

    private Path folder(long generation) {
        return root.resolve(Long.toString(generation));
    }

    /// Makes the folder of a new generation.
    ///
    /// @return its number
    synchronized long begin() throws IOException {
        for (String name : storage.list(root)) {
            lastGeneration = Math.max(lastGeneration, number(name));
        }
        for (ViewCheckpoint checkpoint : published.values()) {
            lastGeneration = Math.max(lastGeneration, checkpoint.generation());
        }
        lastGeneration++;
        underWay.add(lastGeneration);
        storage.createDirectories(folder(lastGeneration));
        return lastGeneration;
    }

    /// Makes a checkpoint, whose files have been written and forced, the one of its slot.
    synchronized void publish(Slot slot, ViewCheckpoint checkpoint) throws IOException {
        Path folder = folder(checkpoint.generation());
        try (StorageFile file = storage.open(folder.resolve(CHECKPOINT_FILE))) {
            file.write(ViewCheckpointFormat.encode(checkpoint), 0);
            file.force();
        }
        storage.forceDirectory(folder);
        DurableText.write(storage, root.resolve(slot.name()), checkpoint.generation() + "\n");
        underWay.remove(checkpoint.generation());
        published.put(slot, checkpoint);
        tidy();
    }

    /// Gives up a generation that was begun, and takes it away unless it has been published after
    /// all.
    synchronized void abandon(long generation) {
        underWay.remove(generation);
        try {
            for (Slot slot : Slot.values()) {
                String text = DurableText.read(storage, root.resolve(slot.name()));
                if (text != null && text.strip().equals(Long.toString(generation))) {
                    return;
                }
            }
            deleteFolder(folder(generation), Set.of());
        } catch (IOException e) {
            // the next checkpoint that is published takes it away
        }
    }

    /// Puts the other code version's checkpoint in the present one's place.
    synchronized void promote() throws IOException {
        storage.rename(root.resolve(Slot.NEXT.name()), root.resolve(Slot.CURRENT.name()));
        storage.forceDirectory(root);
        ViewCheckpoint promoted = published.remove(Slot.NEXT);
        if (promoted != null) {
            published.put(Slot.CURRENT, promoted);
        }
        tidy();
    }

    /// Deletes what no slot needs. A failure is left to the next time.
    private void tidy() {
        try {
            forgetOldNext();
            Set<Path> needed = needed();
            for (String name : storage.list(root)) {
                long generation = number(name);
                if (generation > 0 && !underWay.contains(generation)) {
                    deleteFolder(folder(generation), needed);
                }
            }
        } catch (IOException e) {
            // what was published is published
        }
    }

    /// Takes `NEXT` away where its code version has become the current one.
    private void forgetOldNext() throws IOException {
        ViewCheckpoint current = known(Slot.CURRENT);
        ViewCheckpoint next = known(Slot.NEXT);
        if (current != null && next != null && current.codeVersion().equals(next.codeVersion())) {
            storage.delete(root.resolve(Slot.NEXT.name()));
            storage.forceDirectory(root);
            published.remove(Slot.NEXT);
        }
    }

    private Set<Path> needed() throws IOException {
        Set<Path> needed = new HashSet<>();
        for (Slot slot : Slot.values()) {
            ViewCheckpoint checkpoint = known(slot);
            if (checkpoint == null) {
                continue;
            }
            needed.add(folder(checkpoint.generation()).resolve(CHECKPOINT_FILE));
            for (Source source : checkpoint.sources()) {
                Path folder = folder(source.filesGeneration());
                source.files()
                        .forEach(
                                file ->
                                        needed.add(
                                                folder.resolve(
                                                        Source.fileName(
                                                                source.partition(), file.name()))));
            }
        }
        return needed;
    }

    private @Nullable ViewCheckpoint known(Slot slot) throws IOException {
        ViewCheckpoint known = published.get(slot);
        try {
            return known == null ? read(slot) : known;
        } catch (UnusableCheckpointException e) {
            return null;
        }
    }

    private void deleteFolder(Path folder, Set<Path> needed) throws IOException {
        boolean empty = true;
        for (String name : storage.list(folder)) {
            if (needed.contains(folder.resolve(name))) {
                empty = false;
            } else {
                storage.delete(folder.resolve(name));
            }
        }
        if (empty) {
            storage.delete(folder);
        }
    }

    private static long number(String name) {
        return name.matches("[0-9]{1,18}") ? Long.parseLong(name) : 0;
    }

    boolean exists() throws IOException {
        return storage.exists(root);
    }

    /// Deletes everything. What counts goes first: after a crash there is all of it, or nothing
    /// that counts.
    synchronized void delete() throws IOException {
        List<String> names = storage.list(root);
        for (Slot slot : Slot.values()) {
            if (names.contains(slot.name())) {
                storage.delete(root.resolve(slot.name()));
            }
        }
        storage.forceDirectory(root);
        published.clear();
        for (String name : storage.list(root)) {
            if (number(name) > 0) {
                deleteFolder(folder(number(name)), Set.of());
            } else {
                storage.delete(root.resolve(name));
            }
        }
        storage.delete(root);
        Path parent = root.getParent();
        if (parent != null) {
            storage.forceDirectory(parent);
        }
    }
}
