package dev.millrace.cli.demo;

import dev.millrace.cli.console.CommandException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The directory of the demo. It is emptied at each run, so it has to be known as the demo's own: a
/// marker file says so. Any other directory must be empty.
final class DemoDirectory {
    private static final String MARKER = "millrace-demo";

    private final Path directory;

    DemoDirectory(Path directory) {
        this.directory = directory;
    }

    /// Removes what the last demo left.
    ///
    /// @throws CommandException where the directory holds something else, or is in use
    void clear() throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw CommandException.usage("not-a-directory", directory + " is not a directory");
        }
        if (!Files.isRegularFile(marker())) {
            if (!empty()) {
                throw CommandException.usage(
                        "directory-not-empty",
                        "%s is not empty and was not made by the demo, which would delete what is in"
                                        .formatted(directory)
                                + " it; name another directory with --data");
            }
            return;
        }
        refuseWhileInUse();
        Files.walkFileTree(directory, new Deleting());
        Files.delete(marker());
    }

    /// Marks the directory as the demo's own.
    void mark() throws IOException {
        Files.writeString(
                marker(), "Made by `millrace demo`, which deletes all of it when it runs again.\n");
    }

    private Path marker() {
        return directory.resolve(MARKER);
    }

    private boolean empty() throws IOException {
        try (Stream<Path> names = Files.list(directory)) {
            return names.findAny().isEmpty();
        }
    }

    private void refuseWhileInUse() throws IOException {
        Path lock = directory.resolve("lock");
        if (!Files.exists(lock)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // this process has it: said below
        }
        throw new CommandException(
                "log-in-use",
                directory + " is open in another process; end that one, or name another directory");
    }

    /// Deletes everything but the marker, so that a clearing that was interrupted can be taken up.
    private final class Deleting extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            if (!file.equals(marker())) {
                Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            if (!folder.equals(directory)) {
                Files.delete(folder);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
