package dev.millrace.cli.demo;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Progress;
import dev.millrace.cli.load.Acknowledgements;
import dev.millrace.cli.load.EventFields;
import dev.millrace.cli.load.Line;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What the input holds, counted before anything is loaded: this is what the log is held against in
/// the end.
///
/// @param lines without the blank ones
/// @param checksum of all lines: see [Acknowledgements#checksum]
/// @param malformed lines that are not a JSON object
/// @param complaints the first of them, with place and reason
/// @param withoutEntity well-formed lines without the field of the entity
/// @param entities how many there are; a lower bound where not `entitiesExact`
record Inventory(
        long lines,
        long bytes,
        long checksum,
        long malformed,
        List<String> complaints,
        long withoutEntity,
        int entities,
        boolean entitiesExact,
        List<TopEntities.Count> top) {
    private static final int MAX_COMPLAINTS = 5;
    private static final int TOP = 5;

    static Inventory take(DemoInput input, @Nullable String entityField, Progress progress)
            throws IOException {
        Count count = new Count(new LineRecords(entityField), progress);
        input.forEach(count::line);
        if (count.lines == 0) {
            throw new CommandException("no-events", input.describe() + ": there is no event in it");
        }
        return new Inventory(
                count.lines,
                count.bytes,
                count.checksum,
                count.malformed,
                List.copyOf(count.complaints),
                count.withoutEntity,
                count.entities.size(),
                count.entities.exact(),
                count.entities.top(TOP));
    }

    private static final class Count {
        private final LineRecords records;
        private final Progress progress;
        private final CRC32C crc = new CRC32C();
        private final TopEntities entities = new TopEntities();
        private final List<String> complaints = new ArrayList<>();
        private long lines;
        private long bytes;
        private long checksum;
        private long malformed;
        private long withoutEntity;

        Count(LineRecords records, Progress progress) {
            this.records = records;
            this.progress = progress;
        }

        void line(Line line) {
            lines++;
            progress.at(lines);
            bytes += line.length();
            checksum += Acknowledgements.checksum(crc, line.bytes(), line.offset(), line.length());
            EventFields fields = records.read(line);
            String entity = fields.key();
            if (fields.problem() != null) {
                malformed++;
                if (complaints.size() < MAX_COMPLAINTS) {
                    complaints.add(line.place() + ": " + fields.problem());
                }
            } else if (entity == null) {
                withoutEntity++;
            } else {
                entities.add(entity);
            }
        }
    }
}
