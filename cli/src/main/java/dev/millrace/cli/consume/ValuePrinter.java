package dev.millrace.cli.consume;

import dev.millrace.cli.console.Console;
import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Prints the value of a record as it is, and a line's end. A record without a value is an empty
/// line.
public final class ValuePrinter implements RecordPrinter {
    private final Console console;
    private byte[] chunk = new byte[1 << 12];

    public ValuePrinter(Console console) {
        this.console = console;
    }

    @Override
    public void print(TopicPartition partition, RecordView record) throws IOException {
        @Nullable ByteBuffer value = record.value();
        if (value != null) {
            int length = value.remaining();
            if (chunk.length < length) {
                chunk = new byte[Math.max(length, 2 * chunk.length)];
            }
            value.get(chunk, 0, length);
            console.out().write(chunk, 0, length);
        }
        console.out().write('\n');
    }

    @Override
    public void flush() throws IOException {
        console.out().flush();
    }
}
