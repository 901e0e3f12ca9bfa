package dev.millrace.cli.demo;

import dev.millrace.cli.load.Acknowledgements;
import dev.millrace.cli.load.Line;
import dev.millrace.log.AppendResult;
import dev.millrace.log.Appender;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The process that is killed: it loads lines and reports what was acknowledged.
public final class ChildLoad {
    private final LoadPlan plan;
    private final InputStream in;
    private final OutputStream out;
    private final LineRecords records;
    private final Acknowledgements acknowledgements = new Acknowledgements(this::report);
    private long lines;

    private ChildLoad(
            LoadPlan plan, @Nullable String entityField, InputStream in, OutputStream out) {
        this.plan = plan;
        this.in = in;
        this.out = out;
        records = new LineRecords(entityField);
    }

    /// Loads until it is killed.
    ///
    /// @param in ends when the parent ends, and then so does this
    /// @param out where the parent listens
    public static void run(
            DemoOptions options, long flushEvery, long holdAt, InputStream in, OutputStream out)
            throws IOException {
        LoadPlan plan = new LoadPlan(0, flushEvery, holdAt);
        ChildLoad load = new ChildLoad(plan, options.entityField(), in, out);
        DemoInput input = options.input();
        try (LocalLog log = LocalLog.open(options.directory());
                Appender appender = log.appender(Demo.TOPIC)) {
            Acknowledged.LOADING_BEGINS.write(out);
            input.forEach(line -> load.append(appender, line));
        }
    }

    private void append(Appender appender, Line line) throws IOException {
        if (lines == plan.holdAt()) {
            while (in.read() >= 0) {
                // nobody writes: this ends with the parent, or with this process
            }
            throw new IOException("the parent process has gone");
        }
        LogRecord record = records.record(line, lines);
        acknowledgements.appended(appender.append(record), valueOf(record));
        lines++;
        if (lines % plan.flushEvery() == 0) {
            appender.flush();
            acknowledgements.poll();
        }
    }

    private static byte[] valueOf(LogRecord record) {
        return Objects.requireNonNull(record.value());
    }

    private void report(AppendResult result, long checksum) {
        try {
            new Acknowledged(
                            result.partition().partition(),
                            result.baseOffset(),
                            result.count(),
                            checksum)
                    .write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
