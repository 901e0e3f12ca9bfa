package dev.millrace.log;

import dev.millrace.log.internal.BatchFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the batches of a partition stand, in order of offset, as long as its files are sound.
public final class SegmentBatches {
    private SegmentBatches() {}

    /// @param position where it begins in its file
    public record Place(
            Path file, long position, int sizeInBytes, long baseOffset, long nextOffset) {}

    public static List<Place> of(Path directory, TopicPartition partition) {
        List<Place> places = new ArrayList<>();
        for (Path file : LogFiles.files(directory, partition, ".log")) {
            ByteBuffer bytes = read(file);
            int at = 0;
            while (at < bytes.limit()) {
                int size = BatchFormat.sizeInBytes(bytes, at);
                places.add(
                        new Place(
                                file,
                                at,
                                size,
                                BatchFormat.baseOffset(bytes, at),
                                BatchFormat.lastOffset(bytes, at) + 1));
                at += size;
            }
        }
        return places;
    }

    private static ByteBuffer read(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
