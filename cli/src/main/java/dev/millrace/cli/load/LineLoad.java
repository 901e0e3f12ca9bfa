package dev.millrace.cli.load;

import dev.millrace.cli.console.Progress;
import dev.millrace.log.Appender;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Appends lines as records until the lines end or one of them is not acceptable. Blank lines are
/// passed over.
public final class LineLoad {
    private final Appender appender;
    private final @Nullable EventFields fields;
    private final boolean keyed;
    private final boolean timed;
    private final Acknowledgements acknowledgements = new Acknowledgements((_, _) -> {});
    private final Line line = new Line();
    private final @Nullable ProducerRun run;
    private long bytes;
    private long skippedBytes;
    private long blankLines;
    private @Nullable String refusal;

    /// @param keyField the top-level field whose value becomes the key; null for records without
    ///   keys
    /// @param timeField likewise for the timestamp; null for the present time
    public LineLoad(Appender appender, @Nullable String keyField, @Nullable String timeField) {
        this(appender, keyField, timeField, null);
    }

    /// @param run passes over what is stored; null where nothing is
    public LineLoad(
            Appender appender,
            @Nullable String keyField,
            @Nullable String timeField,
            @Nullable ProducerRun run) {
        this.appender = appender;
        this.run = run;
        keyed = keyField != null;
        timed = timeField != null;
        fields =
                keyed || timed
                        ? new EventFields(
                                keyField == null ? List.of() : List.of(keyField),
                                timeField == null ? List.of() : List.of(timeField))
                        : null;
    }

    /// Appends line after line, and returns when all that was appended is acknowledged. Where the
    /// stream pauses, what was read so far is made durable first.
    ///
    /// @throws LogException where an append failed; [#records] says how many succeeded
    public void run(InputStream in, String name, Progress progress) throws IOException {
        Lines lines = new Lines(in, name, appender::flush);
        try {
            while (refusal == null && lines.next(line)) {
                if (line.blank()) {
                    blankLines++;
                } else {
                    append();
                }
                progress.at(bytes + skippedBytes);
            }
        } finally {
            appender.flush();
            acknowledgements.poll();
        }
    }

    private void append() {
        byte @Nullable [] key = null;
        long timestamp = System.currentTimeMillis();
        if (fields != null) {
            refusal = problem(fields);
            if (refusal != null) {
                return;
            }
            key = fields.keyBytes();
            timestamp = timed ? fields.timestampMillis() : timestamp;
        }
        byte[] value = line.copy();
        try {
            if (run == null) {
                acknowledgements.appended(appender.append(timestamp, key, value), value);
                bytes += value.length;
            } else {
                append(run, new LogRecord(timestamp, key, value, List.of()), value);
            }
        } catch (LogException e) {
            if (e.code() != LogException.Code.RECORD_TOO_LARGE) {
                throw e;
            }
            refusal = line.place() + ": " + e.getMessage();
        }
    }

    private void append(ProducerRun present, LogRecord record, byte[] value) {
        int partition = present.next(line, record.key(), value);
        if (partition < 0) {
            skippedBytes += value.length;
            return;
        }
        acknowledgements.appended(appender.append(partition, record), value);
        bytes += value.length;
    }

    private @Nullable String problem(EventFields found) {
        if (!found.read(line)) {
            return line.place() + ": " + found.problem();
        }
        if (keyed && found.key() == null) {
            return line.place() + ": there is no value for the key";
        }
        if (timed && found.timestampMillis() == Timestamps.NONE) {
            return line.place() + ": there is no time (ISO 8601, or milliseconds since the epoch)";
        }
        return null;
    }

    /// Records acknowledged.
    public long records() {
        acknowledgements.poll();
        return acknowledgements.records();
    }

    /// Bytes of the lines appended.
    public long bytes() {
        return bytes;
    }

    public long blankLines() {
        return blankLines;
    }

    /// The line that ended the load, with its place, and what is wrong with it; null where all
    /// lines were appended.
    public @Nullable String refusal() {
        return refusal;
    }

    /// The number of the last line that was read.
    public long lastLine() {
        return line.number();
    }
}
