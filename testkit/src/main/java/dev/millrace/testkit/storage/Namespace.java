package dev.millrace.testkit.storage;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/// The directories of the model: names as they are seen, as they are durable, and the changes
/// between the two. A name stands for a number, so that a renamed file stays the same file.
///
/// A change sets one name, or two at once where it is a renaming. It is made durable by a force of
/// a directory that it touches. A loss of power keeps any of the others, but never one without
/// those before it that touch the same name. The essay is in [FaultStorage].
final class Namespace {
    static final int NOTHING = -1;
    private static final int ROOT = 0;

    private record Slot(int directory, String name) {}

    private record Edit(Slot slot, int node) {}

    private static final class Change {
        final List<Edit> edits;
        boolean durable;

        Change(List<Edit> edits, boolean durable) {
            this.edits = edits;
            this.durable = durable;
        }

        boolean sharesName(Change other) {
            return edits.stream()
                    .anyMatch(
                            edit ->
                                    other.edits.stream()
                                            .anyMatch(its -> its.slot.equals(edit.slot)));
        }
    }

    /// Every directory that ever was, also those that no name leads to any more.
    private final Map<Integer, NavigableMap<String, Integer>> seen = new HashMap<>();

    private final Map<Integer, NavigableMap<String, Integer>> durable = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private int nextNode = ROOT + 1;

    Namespace() {
        addDirectory(ROOT);
    }

    Namespace copy() {
        Namespace copy = new Namespace();
        seen.forEach((node, names) -> copy.seen.put(node, new TreeMap<>(names)));
        durable.forEach((node, names) -> copy.durable.put(node, new TreeMap<>(names)));
        for (Change change : changes) {
            copy.changes.add(new Change(change.edits, change.durable));
        }
        copy.nextNode = nextNode;
        return copy;
    }

    /// The number behind a path; [#NOTHING] where there is none.
    int find(Path path) {
        int node = ROOT;
        for (Path name : path.toAbsolutePath().normalize()) {
            NavigableMap<String, Integer> names = seen.get(node);
            node = names == null ? NOTHING : names.getOrDefault(name.toString(), NOTHING);
            if (node == NOTHING) {
                return NOTHING;
            }
        }
        return node;
    }

    boolean isDirectory(int node) {
        return seen.containsKey(node);
    }

    /// The names in a directory, sorted; empty where there is no such directory.
    List<String> list(Path directory) {
        NavigableMap<String, Integer> names = seen.get(find(directory));
        return names == null ? List.of() : List.copyOf(names.keySet());
    }

    /// @return the new file's number
    int createFile(Path path) throws IOException {
        return create(path);
    }

    void createDirectory(Path path) throws IOException {
        addDirectory(create(path));
    }

    void delete(Path path) throws IOException {
        int node = existing(path);
        NavigableMap<String, Integer> names = seen.get(node);
        if (names != null && !names.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        change(List.of(new Edit(slot(path), NOTHING)));
    }

    void rename(Path from, Path to) throws IOException {
        int node = existing(from);
        int replaced = find(to);
        if (replaced == node) {
            return;
        }
        if (replaced != NOTHING && isDirectory(replaced)) {
            throw new FileAlreadyExistsException(to.toString());
        }
        change(List.of(new Edit(slot(from), NOTHING), new Edit(slot(to), node)));
    }

    void force(Path directory) throws IOException {
        int node = existing(directory);
        if (!isDirectory(node)) {
            throw new NotDirectoryException(directory.toString());
        }
        for (Change change : changes) {
            change.durable |= change.edits.stream().anyMatch(edit -> edit.slot.directory == node);
        }
        while (!changes.isEmpty() && changes.getFirst().durable) {
            apply(changes.removeFirst(), durable);
        }
    }

    /// The names after a loss of power.
    ///
    /// @param chance whether a change that was not forced is kept
    Namespace after(BooleanSupplier chance) {
        boolean[] kept = new boolean[changes.size()];
        for (int i = changes.size() - 1; i >= 0; i--) {
            kept[i] |= changes.get(i).durable || chance.getAsBoolean();
            for (int j = 0; kept[i] && j < i; j++) {
                kept[j] |= changes.get(j).sharesName(changes.get(i));
            }
        }
        Namespace after = new Namespace();
        after.nextNode = nextNode;
        durable.forEach((node, names) -> after.durable.put(node, new TreeMap<>(names)));
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                after.apply(changes.get(i), after.durable);
            }
        }
        after.durable.forEach((node, names) -> after.seen.put(node, new TreeMap<>(names)));
        return after;
    }

    /// Every file that a name leads to, in order of its path.
    void files(BiConsumer<Path, Integer> each) {
        walk(ROOT, Path.of("/"), each);
    }

    private void walk(int directory, Path path, BiConsumer<Path, Integer> each) {
        seen.getOrDefault(directory, new TreeMap<>())
                .forEach(
                        (name, node) -> {
                            if (isDirectory(node)) {
                                walk(node, path.resolve(name), each);
                            } else {
                                each.accept(path.resolve(name), node);
                            }
                        });
    }

    private int create(Path path) throws IOException {
        if (find(path) != NOTHING) {
            throw new FileAlreadyExistsException(path.toString());
        }
        Slot slot = slot(path);
        int node = nextNode++;
        change(List.of(new Edit(slot, node)));
        return node;
    }

    private void change(List<Edit> edits) {
        Change change = new Change(edits, false);
        apply(change, seen);
        changes.add(change);
    }

    private void apply(Change change, Map<Integer, NavigableMap<String, Integer>> names) {
        for (Edit edit : change.edits) {
            NavigableMap<String, Integer> directory =
                    names.computeIfAbsent(edit.slot.directory, node -> new TreeMap<>());
            if (edit.node == NOTHING) {
                directory.remove(edit.slot.name);
            } else {
                directory.put(edit.slot.name, edit.node);
            }
        }
    }

    private void addDirectory(int node) {
        seen.put(node, new TreeMap<>());
        durable.put(node, new TreeMap<>());
    }

    private int existing(Path path) throws NoSuchFileException {
        int node = find(path);
        if (node == NOTHING) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    private Slot slot(Path path) throws IOException {
        Path whole = path.toAbsolutePath().normalize();
        Path parent = whole.getParent();
        Path name = whole.getFileName();
        if (parent == null || name == null) {
            throw new FileAlreadyExistsException(path.toString());
        }
        int directory = find(parent);
        if (directory == NOTHING) {
            throw new NoSuchFileException(path.toString());
        }
        if (!isDirectory(directory)) {
            throw new NotDirectoryException(parent.toString());
        }
        return new Slot(directory, name.toString());
    }
}
