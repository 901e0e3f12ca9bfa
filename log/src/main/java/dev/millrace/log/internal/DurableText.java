package dev.millrace.log.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Small text files that are there whole, old or new, after any crash: written aside, forced,
/// renamed, and the directory forced.
final class DurableText {
    private DurableText() {}

    static void write(Storage storage, Path file, String text) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        try (StorageFile out = storage.open(aside)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.truncate(0);
            out.write(ByteBuffer.wrap(bytes), 0);
            out.force();
        }
        storage.rename(aside, file);
        Path parent = file.getParent();
        if (parent != null) {
            storage.forceDirectory(parent);
        }
    }

    /// Writes a file in place, not forced.
    static void writeLazily(Storage storage, Path file, String text) throws IOException {
        try (StorageFile out = storage.open(file)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.truncate(0);
            out.write(ByteBuffer.wrap(bytes), 0);
        }
    }

    /// The text; null where there is no such file.
    static @Nullable String read(Storage storage, Path file) throws IOException {
        if (!storage.exists(file)) {
            return null;
        }
        try (StorageFile in = storage.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(in.size(), 1 << 20));
            in.read(bytes, 0);
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }
}
