package dev.millrace.cli.load;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Figures;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Reads lines from a stream through one buffer. `\n` and `\r\n` end a line; the last one may end
/// with the stream. For one thread.
public final class Lines {
    /// The longest line that is read, in bytes.
    public static final int MAX_LINE_BYTES = 16 << 20;

    private final InputStream in;
    private final String file;
    private final Runnable beforeWaiting;
    private byte[] buffer = new byte[1 << 18];
    private int from;
    private int to;
    private boolean atEnd;
    private long number;

    /// @param file the name for messages
    public Lines(InputStream in, String file) {
        this(in, file, () -> {});
    }

    /// @param beforeWaiting is run when there may be nothing to read for a while
    public Lines(InputStream in, String file, Runnable beforeWaiting) {
        this.in = in;
        this.file = file;
        this.beforeWaiting = beforeWaiting;
    }

    /// Points `line` at the next line; false behind the last one.
    public boolean next(Line line) throws IOException {
        int searched = from;
        while (true) {
            int end = indexOfNewline(searched);
            if (end >= 0) {
                set(line, end);
                from = end + 1;
                return true;
            }
            searched = to - from;
            if (atEnd || !fill()) {
                if (from == to) {
                    return false;
                }
                set(line, to);
                from = to;
                return true;
            }
            searched += from;
        }
    }

    private void set(Line line, int end) {
        int length = end - from;
        if (length > 0 && buffer[end - 1] == '\r') {
            length--;
        }
        number++;
        line.set(buffer, from, length, file, number);
    }

    private int indexOfNewline(int start) {
        for (int i = start; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /// Reads more, behind what is there; false at the end of the stream.
    private boolean fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            if (to >= MAX_LINE_BYTES) {
                throw new CommandException(
                        "line-too-long",
                        "%s:%d: the line is longer than %s; is this a file of lines?"
                                .formatted(file, number + 1, Figures.bytes(MAX_LINE_BYTES)));
            }
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        if (in.available() == 0) {
            beforeWaiting.run();
        }
        int read = in.read(buffer, to, buffer.length - to);
        atEnd = read < 0;
        to += Math.max(0, read);
        return !atEnd;
    }
}
