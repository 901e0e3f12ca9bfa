package dev.millrace.log.internal;

import dev.millrace.log.RecoveryReport;
import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// Flight recorder: a log was opened.
@Name("millrace.Recovery")
@Label("Recovery")
@Category({"Millrace", "Log"})
@StackTrace(false)
final class RecoveryEvent extends Event {
    @Label("Directory")
    @Nullable String directory;

    @Label("Clean")
    boolean clean;

    @Label("Partitions")
    int partitions;

    @Label("Journal Frames")
    long journalFrames;

    @Label("Scanned")
    @DataAmount
    long scannedBytes;

    @Label("Torn Tails")
    int tornTails;

    @Label("Damaged Stretches")
    int damaged;

    /// Ends it, and records it where that is wanted.
    void end(Path root, RecoveryReport report, int found) {
        end();
        if (shouldCommit()) {
            directory = root.toString();
            clean = report.clean();
            partitions = found;
            journalFrames = report.journalFrames();
            scannedBytes = report.bytesScanned();
            tornTails = report.tornTails().size();
            damaged = report.damage().size();
            commit();
        }
    }
}
