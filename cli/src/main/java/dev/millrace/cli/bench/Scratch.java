package dev.millrace.cli.bench;

import dev.millrace.cli.console.CommandException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// The folder that a benchmark fills and leaves as it was, also when it is interrupted.
public final class Scratch implements AutoCloseable {
    private static final Path DEFAULT_PARENT = Path.of("millrace-bench");

    private final Path root;
    private final boolean rootIsOurs;
    private final boolean parentIsOurs;
    private final Thread atExit = new Thread(this::sweep);

    private Scratch(Path root, boolean rootIsOurs, boolean parentIsOurs) {
        this.root = root;
        this.rootIsOurs = rootIsOurs;
        this.parentIsOurs = parentIsOurs;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /// Takes `directory`, which must be empty or absent; where it is null, a fresh one below
    /// `./millrace-bench`.
    ///
    /// @throws CommandException where the directory holds something
    public static Scratch in(@Nullable Path directory) throws IOException {
        if (directory == null) {
            Files.createDirectories(DEFAULT_PARENT);
            return new Scratch(Files.createTempDirectory(DEFAULT_PARENT, "run-"), true, true);
        }
        boolean absent = !Files.exists(directory);
        Files.createDirectories(directory);
        if (!isEmpty(directory)) {
            throw CommandException.usage(
                    "directory-not-empty",
                    "%s is not empty: a benchmark writes and deletes only in a folder of its own"
                            .formatted(directory));
        }
        return new Scratch(directory, absent, false);
    }

    public Path root() {
        return root;
    }

    /// A folder below, which is not there.
    public Path folder(String name) throws IOException {
        Path folder = root.resolve(name);
        delete(folder);
        return folder;
    }

    /// Deletes a folder with all that it holds, where there is one.
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException unused) throws IOException {
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        sweep();
    }

    private void sweep() {
        try {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
            if (rootIsOurs) {
                Files.deleteIfExists(root);
            }
            if (parentIsOurs && isEmpty(DEFAULT_PARENT)) {
                Files.deleteIfExists(DEFAULT_PARENT);
            }
        } catch (NoSuchFileException e) {
            // gone already
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clean up " + root, e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        }
    }
}
