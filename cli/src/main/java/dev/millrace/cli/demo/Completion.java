package dev.millrace.cli.demo;

import dev.millrace.cli.console.Progress;
import dev.millrace.cli.load.Line;
import dev.millrace.log.Appender;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.TopicPartition;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finishes a load that was cut off: compares each line that the log holds with the input, byte for
/// byte, and appends those that it lacks.
///
/// @param present lines that were there
/// @param changed of them, those that differ from the input
/// @param duplicates records of lines that were there already
/// @param appended lines that were missing
record Completion(long present, long changed, long duplicates, long appended, long nanos) {

    static Completion run(
            LocalLog log,
            List<TopicPartition> partitions,
            DemoInput input,
            @Nullable String entityField,
            Progress progress)
            throws IOException {
        long started = System.nanoTime();
        try (PresentLines present = new PresentLines(log, partitions);
                Appender appender = log.appender(Demo.TOPIC)) {
            Run run = new Run(present, appender, new LineRecords(entityField), progress);
            input.forEach(run::line);
            appender.flush();
            run.passOver(Long.MAX_VALUE);
            return new Completion(
                    run.presentLines,
                    run.changed,
                    run.duplicates,
                    run.appended,
                    System.nanoTime() - started);
        }
    }

    private static final class Run {
        private final PresentLines present;
        private final Appender appender;
        private final LineRecords records;
        private final Progress progress;
        private long number;
        private long presentLines;
        private long changed;
        private long duplicates;
        private long appended;

        Run(PresentLines present, Appender appender, LineRecords records, Progress progress) {
            this.present = present;
            this.appender = appender;
            this.records = records;
            this.progress = progress;
        }

        void line(Line line) {
            passOver(number);
            LogRecord record = records.record(line, number);
            if (present.number() == number) {
                presentLines++;
                changed += present.holds(line, record) ? 0 : 1;
                present.skip();
            } else {
                var _ = appender.append(record); // flush throws where it fails
                appended++;
            }
            number++;
            progress.at(number);
        }

        /// Records of lines before `next` that were not asked for: each line is asked for once.
        void passOver(long next) {
            while (present.number() < next) {
                duplicates++;
                present.skip();
            }
        }
    }
}
