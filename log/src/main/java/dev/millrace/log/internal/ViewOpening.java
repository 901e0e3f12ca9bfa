package dev.millrace.log.internal;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicDescription;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.internal.ViewCheckpoint.Source;
import dev.millrace.log.internal.ViewDirectory.Slot;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Decides where a view starts: at its last checkpoint, where that fits log and code, or at the
/// beginning.
///
/// A checkpoint of another code version is of no use to this one, but it is to the other: it stays
/// until this one has caught up, with checkpoints of its own in the other slot. One that cannot be
/// used for any other reason is replaced by the next.
final class ViewOpening {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");
    private static final int LONGEST_VERSION = 200;

    /// Where to start.
    ///
    /// @param checkpoint null where from the beginning
    /// @param slot where its own checkpoints go
    /// @param replayReason why a checkpoint that is there is not used; null where it is, or where
    ///   there is none
    record Start(@Nullable ViewCheckpoint checkpoint, Slot slot, @Nullable String replayReason) {}

    private final ViewHome home;
    private final View view;
    private final ViewDirectory directory;

    private ViewOpening(ViewHome home, View view, ViewDirectory directory) {
        this.home = home;
        this.view = view;
        this.directory = directory;
    }

    /// @throws LogException `invalid-view`
    static void check(View view) {
        checkName(view.name());
        if (view.codeVersion().isEmpty() || view.codeVersion().length() > LONGEST_VERSION) {
            throw invalid(
                    "the code version of view '%s' has %d characters: 1 to %d"
                            .formatted(view.name(), view.codeVersion().length(), LONGEST_VERSION));
        }
        if (view.topics().isEmpty()
                || view.topics().stream().distinct().count() < view.topics().size()) {
            throw invalid(
                    "view '%s' names %s as its topics: at least one, each once"
                            .formatted(view.name(), view.topics()));
        }
    }

    /// @throws LogException `invalid-view`
    static void checkName(String name) {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw invalid(
                    "'%s' is no name for a view: 1 to 200 letters, digits, '.', '_' or '-'"
                            .formatted(name));
        }
    }

    static LogException invalid(String what) {
        return new LogException(Code.INVALID_VIEW, what);
    }

    /// @param beside whether another version of the view is being run
    static Start choose(ViewHome home, View view, ViewDirectory directory, boolean beside)
            throws IOException {
        return new ViewOpening(home, view, directory).choose(beside);
    }

    private Start choose(boolean beside) throws IOException {
        if (beside) {
            Candidate next = look(Slot.NEXT);
            tell(Slot.NEXT, next.problem);
            return new Start(next.usable, Slot.NEXT, next.problem);
        }
        Candidate current = look(Slot.CURRENT);
        if (current.usable != null) {
            return new Start(current.usable, Slot.CURRENT, null);
        }
        Candidate next = look(Slot.NEXT);
        if (current.otherVersion) {
            String reason = next.usable == null ? current.problem : null;
            tell(Slot.CURRENT, reason);
            return new Start(next.usable, Slot.NEXT, reason);
        }
        tell(Slot.CURRENT, current.problem);
        if (next.usable != null) {
            directory.promote();
        }
        return new Start(next.usable, Slot.CURRENT, current.problem);
    }

    private void tell(Slot slot, @Nullable String problem) {
        if (problem != null) {
            tellOfReplay(view, slot, problem);
        }
    }

    static void tellOfReplay(View view, Slot slot, String why) {
        LOG.log(
                System.Logger.Level.WARNING,
                "view {0}: its checkpoint ({1}) is not used, and the view replays: {2}",
                view.name(),
                slot,
                why);
    }

    /// What is in a slot, as this view sees it.
    ///
    /// @param usable null where there is a problem, or nothing
    private record Candidate(
            @Nullable ViewCheckpoint usable, boolean otherVersion, @Nullable String problem) {}

    private Candidate look(Slot slot) throws IOException {
        ViewCheckpoint found = null;
        try {
            found = directory.read(slot);
            if (found != null) {
                requireFit(found);
            }
            return new Candidate(found, false, null);
        } catch (UnusableCheckpointException e) {
            boolean other =
                    found != null
                            && found.logId().equals(home.logId())
                            && found.view().equals(view.name())
                            && !found.codeVersion().equals(view.codeVersion());
            return new Candidate(null, other, e.why());
        }
    }

    private void requireFit(ViewCheckpoint found) throws IOException, UnusableCheckpointException {
        if (!found.logId().equals(home.logId())) {
            throw new UnusableCheckpointException(
                    "it is of log %s, and this is %s".formatted(found.logId(), home.logId()));
        }
        if (!found.view().equals(view.name())) {
            throw new UnusableCheckpointException("it is of view '%s'".formatted(found.view()));
        }
        if (!found.codeVersion().equals(view.codeVersion())) {
            throw new UnusableCheckpointException(
                    "it is of code version '%s', and this is '%s'"
                            .formatted(found.codeVersion(), view.codeVersion()));
        }
        for (Source source : found.sources()) {
            if (view.topics().contains(source.partition().topic())) {
                requireFit(source);
                directory.reader(source).verify();
            }
        }
    }

    private void requireFit(Source source) throws UnusableCheckpointException {
        EventLog log = home.log();
        TopicPartition partition = source.partition();
        TopicDescription topic = log.describeTopic(partition.topic());
        if (!topic.id().equals(source.topicId())) {
            throw new UnusableCheckpointException(
                    "topic '%s' was deleted and created again".formatted(topic.name()));
        }
        if (partition.partition() >= topic.partitions()) {
            throw new UnusableCheckpointException("there is no " + partition);
        }
        long latest = log.latestOffset(partition);
        if (source.nextOffset() > latest) {
            throw new UnusableCheckpointException(
                    "it is at offset %d of %s, which ends at %d"
                            .formatted(source.nextOffset(), partition, latest));
        }
        long before = source.nextOffset() - 1;
        if (before < log.earliestOffset(partition) || source.epoch() == ViewCheckpoint.NO_EPOCH) {
            return; // there is no record to compare
        }
        int epoch = home.epochAt(partition, before);
        if (epoch != source.epoch()) {
            throw new UnusableCheckpointException(
                    "the record before offset %d of %s was written under leader epoch %d, and it has seen %d: the end of the partition was cut since"
                            .formatted(source.nextOffset(), partition, epoch, source.epoch()));
        }
    }
}
