package dev.millrace.cli.consume;

import dev.millrace.cli.console.Console;
import dev.millrace.log.CorruptRecordException;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Prints records of partitions, one partition after the other, from a starting point to the
/// present end; then, if asked, what arrives.
///
/// A damaged stretch is reported, and reading goes on behind it.
public final class Consumption implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final EventLog log;
    private final Console console;
    private final RecordPrinter printer;
    private final List<Stretch> stretches = new ArrayList<>();
    private long left;
    private boolean damaged;

    /// Where one partition is read.
    private record Stretch(TopicPartition partition, Cursor cursor) {}

    /// @param max how many records at most
    public Consumption(EventLog log, Console console, RecordPrinter printer, long max) {
        this.log = log;
        this.console = console;
        this.printer = printer;
        left = max;
    }

    /// Reads this partition too, from an offset on.
    public void add(TopicPartition partition, long fromOffset) {
        stretches.add(new Stretch(partition, log.read(partition, fromOffset)));
    }

    /// Prints up to the present end of every partition.
    ///
    /// @return whether nothing was damaged
    public boolean toPresentEnd() throws IOException {
        for (Stretch stretch : stretches) {
            long end = log.latestOffset(stretch.partition());
            while (left > 0 && stretch.cursor().position() < end && step(stretch)) {
                left--;
            }
        }
        printer.flush();
        return !damaged;
    }

    /// Goes on with what arrives, until the maximum is reached or the process is ended.
    ///
    /// @return whether nothing was damaged
    public boolean follow() throws IOException {
        try {
            goOn();
        } catch (LogException e) {
            if (e.code() != LogException.Code.CLOSED) {
                throw e;
            }
            // the process was told to end, and closed the log
        }
        return !damaged;
    }

    private void goOn() throws IOException {
        for (int turn = 0; left > 0; turn++) {
            boolean idle = true;
            for (Stretch stretch : stretches) {
                while (left > 0 && step(stretch)) {
                    left--;
                    idle = false;
                }
            }
            if (idle) {
                Stretch next = stretches.get(turn % stretches.size());
                log.awaitOffset(next.partition(), next.cursor().position(), PAUSE);
            } else {
                printer.flush();
            }
        }
    }

    /// Prints the next record of a partition; false where there is none now.
    private boolean step(Stretch stretch) throws IOException {
        while (true) {
            try {
                if (!stretch.cursor().next()) {
                    return false;
                }
                printer.print(stretch.partition(), stretch.cursor().record());
                return true;
            } catch (CorruptRecordException e) {
                damaged = true;
                console.err().println("millrace: " + e.getMessage() + " [corrupt-record]");
                stretch.cursor().seek(e.nextReadableOffset());
            }
        }
    }

    @Override
    public void close() {
        stretches.forEach(stretch -> stretch.cursor().close());
    }
}
