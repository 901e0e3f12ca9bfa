package dev.millrace.cli.demo;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.load.Line;
import dev.millrace.cli.load.Lines;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// Files with an event a line: `.json`, `.ndjson` and `.jsonl`, each also packed as `.gz`, and any
/// number of them in a `.zip`.
final class FileInput implements DemoInput {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MANY = 3;

    private final List<Path> files;

    FileInput(List<Path> files) {
        this.files = List.copyOf(files);
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw CommandException.usage("no-file", "there is no file " + file);
            }
            String name = lowerName(file.getFileName().toString());
            if (!name.endsWith(".zip") && !name.endsWith(".gz") && !holdsEvents(name)) {
                throw CommandException.usage(
                        "file-type",
                        "%s: events are read from .json, .ndjson and .jsonl, also in .gz and .zip"
                                .formatted(file));
            }
        }
    }

    @Override
    public String describe() {
        List<String> names = files.stream().map(file -> file.getFileName().toString()).toList();
        return names.size() <= MANY
                ? String.join(", ", names)
                : "%d files: %s … %s".formatted(names.size(), names.getFirst(), names.getLast());
    }

    @Override
    public void forEach(Listener listener) throws IOException {
        for (Path file : files) {
            String name = lowerName(file.toString());
            if (name.endsWith(".zip")) {
                zip(file, listener);
            } else if (name.endsWith(".gz")) {
                try (InputStream packed = Files.newInputStream(file)) {
                    InputStream unpacked = new GZIPInputStream(packed, BUFFER_BYTES);
                    lines(guarded(unpacked, Files.size(file), file), file.toString(), listener);
                } catch (ZipException e) {
                    throw damaged(file, e);
                }
            } else {
                try (InputStream in = Files.newInputStream(file)) {
                    lines(in, file.toString(), listener);
                }
            }
        }
    }

    private static void zip(Path file, Listener listener) throws IOException {
        boolean found = false;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (entry.isDirectory() || !holdsEvents(lowerName(entry.getName()))) {
                    continue;
                }
                found = true;
                try (InputStream unpacked = zip.getInputStream(entry)) {
                    lines(
                            guarded(unpacked, entry.getCompressedSize(), file),
                            file + "!" + entry.getName(),
                            listener);
                }
            }
        } catch (ZipException e) {
            throw damaged(file, e);
        }
        if (!found) {
            throw new CommandException(
                    "no-events", file + " holds no .json, .ndjson or .jsonl file");
        }
    }

    private static CommandException damaged(Path file, ZipException e) {
        return new CommandException(
                "damaged-file", "%s cannot be unpacked: %s".formatted(file, e.getMessage()), e);
    }

    private static InputStream guarded(InputStream unpacked, long packedBytes, Path file) {
        return new BufferedInputStream(
                new BombGuard(unpacked, packedBytes, file.toString()), BUFFER_BYTES);
    }

    private static void lines(InputStream in, String name, Listener listener) throws IOException {
        Lines lines = new Lines(in, name);
        Line line = new Line();
        boolean first = true;
        while (lines.next(line)) {
            if (line.blank()) {
                continue;
            }
            if (first && line.bytes()[line.offset()] == '[') {
                throw new CommandException(
                        "json-array",
                        "%s: the file is one JSON array, not one event a line; turn it into lines:"
                                        .formatted(line.place())
                                + " jq -c '.[]' FILE > FILE.ndjson");
            }
            first = false;
            listener.line(line);
        }
    }

    private static boolean holdsEvents(String name) {
        return name.endsWith(".json") || name.endsWith(".ndjson") || name.endsWith(".jsonl");
    }

    private static String lowerName(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
