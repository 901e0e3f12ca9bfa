package dev.millrace.testkit.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// The state of a file system: a fold over [Operation]s. Guarded by the [FaultStorage] that has it.
final class Disk {
    private final Namespace names;
    private final Map<Integer, Inode> files;

    Disk() {
        this(new Namespace(), new HashMap<>());
    }

    private Disk(Namespace names, Map<Integer, Inode> files) {
        this.names = names;
        this.files = files;
    }

    Disk copy() {
        Map<Integer, Inode> copies = new HashMap<>();
        files.forEach((node, file) -> copies.put(node, file.copy()));
        return new Disk(names.copy(), copies);
    }

    Namespace names() {
        return names;
    }

    Inode file(int node) {
        Inode file = files.get(node);
        if (file == null) {
            throw new IllegalArgumentException("no file has the number " + node);
        }
        return file;
    }

    void apply(Operation operation) throws IOException {
        switch (operation) {
            case Operation.CreateFile(Path path) ->
                    files.put(names.createFile(path), new Inode(new byte[0]));
            case Operation.CreateDirectory(Path path) -> names.createDirectory(path);
            case Operation.Write write ->
                    file(write.file()).write(Math.toIntExact(write.position()), write.bytes());
            case Operation.Truncate truncate ->
                    file(truncate.file()).truncate(Math.toIntExact(truncate.size()));
            case Operation.Force force -> file(force.file()).force(force.succeeded());
            case Operation.Rename(Path path, Path to) -> names.rename(path, to);
            case Operation.Delete(Path path) -> names.delete(path);
            case Operation.ForceDirectory(Path path) -> names.force(path);
        }
    }

    /// As [#apply], for what has been applied once before.
    void replay(Operation operation) {
        try {
            apply(operation);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot replay " + operation, e);
        }
    }

    /// Some legal state after a loss of power.
    Disk afterPowerLoss(SplittableRandom random) {
        int share = random.nextInt(5); // of names kept, in quarters
        Map<Integer, Inode> after = new HashMap<>();
        byNumber()
                .forEach(
                        (node, file) ->
                                after.put(
                                        node,
                                        new Inode(
                                                file.after(Survival.of(random, file.unforced())))));
        return new Disk(names.after(() -> random.nextInt(4) < share), after);
    }

    /// The state after a loss of power that took everything unforced, or nothing.
    Disk afterPowerLoss(boolean keepsAll) {
        Survival survival = keepsAll ? Survival.ofEverything() : Survival.ofNothing();
        Map<Integer, Inode> after = new HashMap<>();
        byNumber().forEach((node, file) -> after.put(node, new Inode(file.after(survival))));
        return new Disk(names.after(() -> keepsAll), after);
    }

    /// Bytes that the files take which a name leads to.
    long usedBytes() {
        long[] used = new long[1];
        names.files((path, node) -> used[0] += file(node).size());
        return used[0];
    }

    /// Paths and sizes of all files.
    NavigableMap<Path, Integer> sizes() {
        NavigableMap<Path, Integer> sizes = new TreeMap<>();
        names.files((path, node) -> sizes.put(path, file(node).size()));
        return sizes;
    }

    /// Every file, by number: a name that leads to none now may come back.
    private NavigableMap<Integer, Inode> byNumber() {
        return new TreeMap<>(files);
    }

    void evict() {
        files.values().forEach(Inode::evict);
    }
}
