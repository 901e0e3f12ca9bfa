package dev.millrace.log.internal;

import dev.millrace.log.Damage;
import dev.millrace.log.RecoveryReport;
import dev.millrace.log.RecoveryReport.TornTail;
import java.util.ArrayList;
import java.util.List;

/// What opening finds, while it goes on; becomes the [RecoveryReport].
final class RecoveryLog {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");

    final List<TornTail> tornTails = new ArrayList<>();
    final List<Damage> damage = new ArrayList<>();
    final List<String> journalDamage = new ArrayList<>();
    final List<String> orphans = new ArrayList<>();

    /// Whether a partition goes on behind the end that it had at an orderly close: what was
    /// appended at `os` alone leaves no trace in the journal.
    boolean writtenSinceClose;

    long journalFrames;
    long bytesScanned;

    void tornTail(TornTail tail) {
        tornTails.add(tail);
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: cut {1} bytes of an unfinished end at byte {2} of {3}; next offset {4}",
                tail.partition(),
                Long.toString(tail.bytes()),
                Long.toString(tail.position()),
                tail.file(),
                Long.toString(tail.offset()));
    }

    void damage(Damage found) {
        damage.add(found);
        LOG.log(System.Logger.Level.ERROR, "{0}", found);
    }

    void journal(String what) {
        journalDamage.add(what);
        LOG.log(System.Logger.Level.WARNING, "{0}", what);
    }

    void orphan(String directory) {
        orphans.add(directory);
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} belongs to no topic; it is left alone",
                directory);
    }

    RecoveryReport report(boolean clean, long nanos) {
        return new RecoveryReport(
                clean,
                nanos,
                journalFrames,
                bytesScanned,
                List.copyOf(tornTails),
                List.copyOf(damage),
                List.copyOf(journalDamage),
                List.copyOf(orphans));
    }
}
