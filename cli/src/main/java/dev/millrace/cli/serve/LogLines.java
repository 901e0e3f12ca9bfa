package dev.millrace.cli.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.cli.console.Console;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Writes what is logged to standard error, a line each: `2026-11-20T17:15:45.123Z INFO closing`,
/// or a JSON object with `time`, `level`, `logger`, `message` and, of a defect, `error`.
public final class LogLines extends Formatter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
    private static final JsonFactory FACTORY = new JsonFactory();

    private final boolean json;

    private LogLines(boolean json) {
        this.json = json;
    }

    /// Has everything logged that way from now on.
    public static void begin(Console console, boolean json) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        LogLines format = new LogLines(json);
        root.addHandler(
                new Handler() {
                    @Override
                    public void publish(@Nullable LogRecord record) {
                        if (record != null && isLoggable(record)) {
                            console.err().print(format.format(record));
                        }
                    }

                    @Override
                    public void flush() {
                        console.err().flush();
                    }

                    @Override
                    public void close() {}
                });
    }

    @Override
    public String format(LogRecord record) {
        String message = formatMessage(record);
        Throwable thrown = record.getThrown();
        String time = TIME.format(record.getInstant());
        if (json) {
            return line(time, record, message, thrown);
        }
        StringWriter text = new StringWriter();
        text.append("%s %s %s%n".formatted(time, level(record.getLevel()), message));
        if (thrown != null) {
            thrown.printStackTrace(new java.io.PrintWriter(text, true));
        }
        return text.toString();
    }

    private static String line(
            String time, LogRecord record, String message, @Nullable Throwable thrown) {
        StringWriter text = new StringWriter();
        try (JsonGenerator to = FACTORY.createGenerator(text)) {
            to.writeStartObject();
            to.writeStringField("time", time);
            to.writeStringField("level", level(record.getLevel()));
            to.writeStringField("logger", record.getLoggerName());
            to.writeStringField("message", message);
            if (thrown != null) {
                StringWriter trace = new StringWriter();
                thrown.printStackTrace(new java.io.PrintWriter(trace, true));
                to.writeStringField("error", trace.toString());
            }
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    /// In the words that most readers of logs know.
    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        return level.intValue() >= Level.WARNING.intValue()
                ? "WARN"
                : level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }
}
