package dev.millrace.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// The files of a log, from outside: what a crash, a disk or a person does to them.
public final class LogFiles {
    private LogFiles() {}

    /// What a process that is killed now leaves behind: the files as they are in the page cache.
    ///
    /// @return `to`
    public static Path killed(Path directory, Path to) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(directory.relativize(file).toString()));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path partition(Path directory, TopicPartition partition) {
        return directory.resolve("log").resolve("default").resolve(partition.toString());
    }

    /// The files of a partition whose names end so, in order of name.
    public static List<Path> files(Path directory, TopicPartition partition, String suffix) {
        return files(partition(directory, partition), suffix);
    }

    public static List<Path> files(Path directory, String suffix) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Changes the bits of `mask` in one byte.
    public static void flip(Path file, long position, int mask) {
        try (FileChannel channel = open(file)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte) (one.get(0) ^ mask));
            channel.write(one.flip(), position);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void write(Path file, long position, byte... bytes) {
        try (FileChannel channel = open(file)) {
            channel.write(ByteBuffer.wrap(bytes), position);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void truncate(Path file, long size) {
        try (FileChannel channel = open(file)) {
            channel.truncate(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}
