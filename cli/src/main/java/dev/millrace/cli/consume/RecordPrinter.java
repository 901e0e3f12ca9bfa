package dev.millrace.cli.consume;

import dev.millrace.log.RecordView;
import dev.millrace.log.TopicPartition;
import java.io.IOException;

/// Prints records.
public interface RecordPrinter {
    void print(TopicPartition partition, RecordView record) throws IOException;

    /// Makes what was printed visible.
    void flush() throws IOException;
}
