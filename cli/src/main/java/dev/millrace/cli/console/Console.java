package dev.millrace.cli.console;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command reads from and writes to. Results go to `out`, everything else to `err`.
///
/// @param out may end before we do (`| head`), which throws [ClosedOutputException]
/// @param terminal whether people sit at it: then there are questions and progress bars
public record Console(InputStream in, OutputStream out, PrintStream err, boolean terminal) {
    private static final int BUFFER_BYTES = 1 << 16;

    public Console {
        out = new BufferedOutputStream(new ClosableOutput(out), BUFFER_BYTES);
    }

    /// The streams of this process.
    @SuppressWarnings("SystemConsoleNull") // the contract still allows null
    public static Console ofProcess() {
        java.io.Console console = System.console();
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                console != null && console.isTerminal());
    }

    /// Writes a line of the result.
    public void line(String text) {
        text(text + "\n");
    }

    /// Writes a piece of the result.
    public void text(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CommandException("output", "standard output cannot be written: " + e, e);
        }
    }

    /// Makes the result visible so far.
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new CommandException("output", "standard output cannot be written: " + e, e);
        }
    }

    /// Tells an end of the reader from other failures.
    private static final class ClosableOutput extends OutputStream {
        private final OutputStream to;

        ClosableOutput(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                to.write(bytes, offset, length);
            } catch (IOException e) {
                throw closed(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                to.flush();
            } catch (IOException e) {
                throw closed(e);
            }
        }

        private static IOException closed(IOException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("Broken pipe") || message.contains("Pipe closed")) {
                throw new ClosedOutputException();
            }
            return e;
        }
    }
}
