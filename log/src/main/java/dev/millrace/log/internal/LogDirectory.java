package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicPartition;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The directory of a log, locked for this process:
///
/// | name | what |
/// |---|---|
/// | `format.json` | `{"formatVersion":1,"logId":"<uuid>"}`, one line |
/// | `boot` | the start of the machine in which it was last opened, not forced |
/// | `lock` | `pid <number>` of the process that has it open; a line `<protocol> <host>:<port>` for each address where it serves the log |
/// | `journal/` | see [Journal] |
/// | `log/default/<topic>-<partition>/` | see [PartitionLog]; `default` is the namespace |
/// | `views/<name>/` | see [ViewDirectory] |
final class LogDirectory implements Closeable {
    static final int FORMAT_VERSION = 1;
    private static final String FORMAT_FILE = "format.json";
    private static final String LOCK_FILE = "lock";
    private static final String BOOT_FILE = "boot";
    private static final String METADATA_FILE = "partition.metadata";
    private static final Pattern FORMAT =
            Pattern.compile("\\s*\\{\"formatVersion\":1,\"logId\":\"([0-9a-f-]{36})\"\\}\\s*");

    /// All that may be expected of a format to come.
    private static final Pattern VERSION =
            Pattern.compile("\"formatVersion\"\\s*:\\s*(\\d{1,9})\\b");

    private final Storage storage;
    private final Path root;
    private final LockFile lock;
    private final UUID logId;

    private LogDirectory(Storage storage, Path root, LockFile lock, UUID logId) {
        this.storage = storage;
        this.root = root;
        this.lock = lock;
        this.logId = logId;
    }

    static LogDirectory open(Storage storage, Path root) throws IOException {
        isFresh(storage, root); // a foreign directory is left as it is
        storage.createDirectories(root);
        LockFile lock = storage.lock(root.resolve(LOCK_FILE), owner(Map.of()));
        if (lock == null) {
            String owner = DurableText.read(storage, root.resolve(LOCK_FILE));
            throw new LogException(
                    Code.LOG_IN_USE,
                    "%s is in use by another process (%s). Stop it first, or use another directory"
                            .formatted(
                                    root,
                                    owner == null ? "unknown" : owner.strip().replace("\n", ", ")));
        }
        try {
            boolean fresh = isFresh(storage, root); // now that nobody else can make it so
            if (fresh) {
                forceAbove(storage, root);
            }
            UUID logId = fresh ? create(storage, root) : readFormat(storage, root);
            storage.createDirectories(root.resolve("journal"));
            storage.createDirectories(root.resolve("log").resolve("default"));
            forceNames(storage, root);
            return new LogDirectory(storage, root, lock, logId);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /// What stands in the lock file.
    private static String owner(Map<String, String> addresses) {
        StringBuilder text = new StringBuilder("pid " + ProcessHandle.current().pid() + "\n");
        addresses.forEach((protocol, address) -> text.append(protocol + " " + address + "\n"));
        return text.toString();
    }

    /// Notes in the lock file where this process serves the log.
    void announce(Map<String, String> addresses) throws IOException {
        lock.write(owner(addresses));
    }

    /// Whether a log is still to be made here.
    private static boolean isFresh(Storage storage, Path root) throws IOException {
        List<String> found = storage.list(root);
        boolean fresh = found.stream().allMatch(LogDirectory::isOursBeforeFormat);
        if (!fresh && !found.contains(FORMAT_FILE)) {
            throw new LogException(
                    Code.NOT_A_LOG,
                    "%s is not empty and has no %s, so it is no log of Millrace. Choose another directory, or put the file back from a backup"
                            .formatted(root, FORMAT_FILE));
        }
        return fresh;
    }

    /// Forces the names of what there may be above a log that is being made.
    private static void forceAbove(Storage storage, Path root) throws IOException {
        Path above = root.toAbsolutePath().getParent();
        while (above != null) {
            try {
                storage.forceDirectory(above);
            } catch (AccessDeniedException e) {
                return; // then it is nothing that we could have made
            }
            above = above.getParent();
        }
    }

    /// A process that was killed between the making of a name and its force has left it unforced.
    private static void forceNames(Storage storage, Path root) throws IOException {
        storage.forceDirectory(root);
        storage.forceDirectory(root.resolve("journal"));
        storage.forceDirectory(root.resolve("log"));
        storage.forceDirectory(root.resolve("log").resolve("default"));
    }

    private static boolean isOursBeforeFormat(String name) {
        return name.equals(LOCK_FILE) || name.equals(FORMAT_FILE + ".new");
    }

    private static UUID create(Storage storage, Path root) throws IOException {
        UUID logId = UUID.randomUUID();
        DurableText.write(
                storage,
                root.resolve(FORMAT_FILE),
                "{\"formatVersion\":%d,\"logId\":\"%s\"}%n".formatted(FORMAT_VERSION, logId));
        return logId;
    }

    private static UUID readFormat(Storage storage, Path root) throws IOException {
        String text = DurableText.read(storage, root.resolve(FORMAT_FILE));
        String present = text == null ? "" : text;
        Matcher version = VERSION.matcher(present);
        if (version.find() && Integer.parseInt(version.group(1)) > FORMAT_VERSION) {
            throw new LogException(
                    Code.FORMAT_TOO_NEW,
                    "%s says that the log was written in format %s, and this Millrace knows formats up to %d. Use a newer Millrace"
                            .formatted(
                                    root.resolve(FORMAT_FILE), version.group(1), FORMAT_VERSION));
        }
        Matcher matcher = FORMAT.matcher(present);
        if (!matcher.matches()) {
            throw new LogException(
                    Code.NOT_A_LOG,
                    "%s is damaged: it holds '%s'. Put it back from a backup"
                            .formatted(root.resolve(FORMAT_FILE), present));
        }
        try {
            return UUID.fromString(matcher.group(1));
        } catch (IllegalArgumentException e) {
            throw new LogException(
                    Code.NOT_A_LOG, root.resolve(FORMAT_FILE) + " is damaged: no log id", e);
        }
    }

    Path root() {
        return root;
    }

    UUID logId() {
        return logId;
    }

    Path journal() {
        return root.resolve("journal");
    }

    Path partitions() {
        return root.resolve("log").resolve("default");
    }

    Path views() {
        return root.resolve("views");
    }

    Path partition(TopicPartition id) {
        return partitions().resolve(id.toString());
    }

    /// Whether what was written since the log was last opened is there, forced or not: the machine
    /// has not been started again since.
    boolean pageCacheKept() throws IOException {
        String boot = storage.bootId();
        return !boot.isEmpty() && boot.equals(DurableText.read(storage, root.resolve(BOOT_FILE)));
    }

    /// Notes that from here on the page cache is this start's. Only once recovery is through: one
    /// that died in the middle has not yet dealt with what the power took.
    void noteBoot() throws IOException {
        DurableText.writeLazily(storage, root.resolve(BOOT_FILE), storage.bootId());
    }

    /// The topic id in a partition's directory, `partition.metadata` in Kafka's format; null where
    /// the file is missing or damaged.
    @Nullable UUID topicId(Path partitionDirectory) throws IOException {
        String text = DurableText.read(storage, partitionDirectory.resolve(METADATA_FILE));
        String prefix = "version: 0\ntopic_id: ";
        if (text == null || !text.startsWith(prefix)) {
            return null;
        }
        try {
            ByteBuffer bytes =
                    ByteBuffer.wrap(
                            Base64.getUrlDecoder().decode(text.substring(prefix.length()).strip()));
            return bytes.remaining() == 16 ? new UUID(bytes.getLong(), bytes.getLong()) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Writes `partition.metadata`, not forced: the definition tells the same.
    void writeTopicId(Path partitionDirectory, UUID topicId) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putLong(topicId.getMostSignificantBits());
        bytes.putLong(topicId.getLeastSignificantBits());
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
        DurableText.writeLazily(
                storage,
                partitionDirectory.resolve(METADATA_FILE),
                "version: 0\ntopic_id: " + id + "\n");
    }

    /// Deletes a partition's directory with all that is in it. Its new name is forced first, so
    /// that no crash brings a part of it back under the old one.
    void deletePartition(Path partitionDirectory) throws IOException {
        Path doomed = partitionDirectory;
        if (!partitionDirectory.toString().endsWith(DELETED)) {
            doomed = aside(partitionDirectory, DELETED);
        }
        for (String name : storage.list(doomed)) {
            storage.delete(doomed.resolve(name));
        }
        storage.delete(doomed);
        storage.forceDirectory(partitions());
    }

    /// Makes way for a new partition where there is a directory of its name that belongs to none.
    void makeWay(Path partitionDirectory) throws IOException {
        if (storage.exists(partitionDirectory)) {
            aside(partitionDirectory, ".orphan");
        }
    }

    private Path aside(Path partitionDirectory, String suffix) throws IOException {
        Path aside =
                partitionDirectory.resolveSibling(
                        partitionDirectory.getFileName() + "." + UUID.randomUUID() + suffix);
        storage.rename(partitionDirectory, aside);
        storage.forceDirectory(partitions());
        return aside;
    }

    /// What the name of a partition's directory ends with once it is being deleted.
    static final String DELETED = ".deleted";

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
