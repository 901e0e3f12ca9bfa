package dev.millrace.cli.dump;

import dev.millrace.cli.console.Console;
import dev.millrace.cli.console.Json;
import dev.millrace.log.LogException;
import dev.millrace.log.RecordView;
import dev.millrace.log.SegmentFile;
import dev.millrace.server.RecordJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Prints the batches of segment files, one a line, and on request the records in them.
public final class SegmentDump implements AutoCloseable {
    private static final int SHOWN = 100;

    private final Console console;
    private final @Nullable Json json;
    private final boolean records;
    private boolean damaged;

    public SegmentDump(Console console, boolean asJson, boolean records) {
        this.console = console;
        this.json = asJson ? Json.lines(console) : null;
        this.records = records;
    }

    public void print(Path path) {
        if (json == null) {
            console.line(path.toString());
        }
        try (SegmentFile file = SegmentFile.open(path)) {
            for (var batch = file.next(); batch != null; batch = file.next()) {
                print(path, batch);
                damaged |= batch.problem() != null;
                if (records && batch.problem() == null) {
                    printRecords(file);
                }
            }
            if (file.unreadBytes() > 0) {
                damaged = true;
                end(path, file);
            }
        }
    }

    private void print(Path path, SegmentFile.Batch batch) {
        if (json != null) {
            json.object(
                    to -> {
                        to.writeStringField("file", path.toString());
                        to.writeNumberField("position", batch.position());
                        to.writeNumberField("sizeInBytes", batch.sizeInBytes());
                        to.writeNumberField("baseOffset", batch.baseOffset());
                        to.writeNumberField("lastOffset", batch.lastOffset());
                        to.writeNumberField("count", batch.count());
                        to.writeNumberField("leaderEpoch", batch.leaderEpoch());
                        to.writeStringField("compression", batch.compression().key());
                        to.writeNumberField("baseTimestamp", batch.baseTimestampMillis());
                        to.writeNumberField("maxTimestamp", batch.maxTimestampMillis());
                        to.writeStringField("problem", batch.problem());
                    });
            return;
        }
        console.line(
                "  at %d  offsets %d to %d  count %d  epoch %d  %s  %d B  %s to %s  %s"
                        .formatted(
                                batch.position(),
                                batch.baseOffset(),
                                batch.lastOffset(),
                                batch.count(),
                                batch.leaderEpoch(),
                                batch.compression().key(),
                                batch.sizeInBytes(),
                                Instant.ofEpochMilli(batch.baseTimestampMillis()),
                                Instant.ofEpochMilli(batch.maxTimestampMillis()),
                                batch.problem() == null
                                        ? "crc ok"
                                        : "DAMAGED: " + batch.problem()));
    }

    private void printRecords(SegmentFile file) {
        try {
            file.forEachRecord(
                    record -> {
                        if (json != null) {
                            json.object(to -> RecordJson.write(to, record));
                        } else {
                            console.line(text(record));
                        }
                    });
        } catch (LogException e) {
            damaged = true;
            console.err().println("millrace: " + e.getMessage());
        }
    }

    private static String text(RecordView record) {
        return "    %d  %s  key %s  value %s%s"
                .formatted(
                        record.offset(),
                        Instant.ofEpochMilli(record.timestampMillis()),
                        text(record.key()),
                        text(record.value()),
                        record.headers().isEmpty() ? "" : "  headers " + record.headers().size());
    }

    /// The beginning, on one line.
    private static String text(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        int length = bytes.remaining();
        byte[] copy = new byte[Math.min(SHOWN, length)];
        bytes.get(copy);
        String shown = new String(copy, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "·");
        return length > SHOWN ? shown + "… (" + length + " B)" : shown;
    }

    private void end(Path path, SegmentFile file) {
        String what =
                "the last %d bytes, from %d on, are no record batch; `millrace log verify` tells"
                                .formatted(file.unreadBytes(), file.position())
                        + " damage from an unfinished end";
        if (json != null) {
            json.object(
                    to -> {
                        to.writeStringField("file", path.toString());
                        to.writeNumberField("position", file.position());
                        to.writeNumberField("sizeInBytes", file.unreadBytes());
                        to.writeStringField("problem", what);
                    });
        } else {
            console.line("  DAMAGED: " + what);
        }
    }

    /// Whether a batch, or the end of a file, was not sound.
    public boolean damaged() {
        return damaged;
    }

    @Override
    public void close() {
        if (json != null) {
            json.close();
        }
    }
}
