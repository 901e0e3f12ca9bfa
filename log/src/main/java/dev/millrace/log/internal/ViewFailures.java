package dev.millrace.log.internal;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.ParkedRecords;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.View;
import dev.millrace.log.ViewOptions.OnFailure;
import dev.millrace.log.ViewStatus.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What went wrong in one source partition of a view: the records that it passed over, as far as
/// the view allows, and why it stopped.
///
/// One thread at a time changes it; any number read. An error's own words may be those of a
/// payload, so the log's messages only name its class.
final class ViewFailures {
    private static final System.Logger LOG = System.getLogger("dev.millrace.log");
    private static final int LONGEST_ERROR = 200;

    private final View view;
    private final TopicPartition partition;
    private final AtomicInteger parkedOfAll;
    private volatile List<ParkedRecords> parked;
    private volatile @Nullable Failure failure;

    /// @param parkedOfAll how many stretches all sources of the view have parked
    /// @param parked those of this partition, in the checkpoint
    ViewFailures(
            View view,
            TopicPartition partition,
            AtomicInteger parkedOfAll,
            List<ParkedRecords> parked) {
        this.view = view;
        this.partition = partition;
        this.parkedOfAll = parkedOfAll;
        this.parked = parked;
        parkedOfAll.addAndGet(parked.size());
    }

    List<ParkedRecords> parked() {
        return parked;
    }

    /// Why the partition has stopped; null where it has not.
    @Nullable Failure failure() {
        return failure;
    }

    /// Passes over a record at which the fold threw, where it may be.
    boolean parkPoison(long offset, Throwable error) {
        return view.options().onPoison() == OnFailure.PARK
                && !(error instanceof VirtualMachineError)
                && park(offset, offset + 1, error);
    }

    /// Passes over damaged records, where they may be.
    boolean parkDamage(long from, long next, Throwable error) {
        return view.options().onDamage() == OnFailure.PARK && park(from, next, error);
    }

    /// @return false where as many are parked as may be
    private boolean park(long from, long next, Throwable error) {
        if (parkedOfAll.getAndIncrement() >= view.options().maxParked()) {
            parkedOfAll.decrementAndGet();
            return false;
        }
        List<ParkedRecords> more = new ArrayList<>(parked);
        more.add(new ParkedRecords(partition, from, next, text(error)));
        parked = List.copyOf(more);
        LOG.log(
                System.Logger.Level.WARNING,
                "view {0}: parked offsets {1} to {2} of {3} ({4})",
                view.name(),
                Long.toString(from),
                Long.toString(next - 1),
                partition,
                error.getClass().getName());
        return true;
    }

    /// Notes that the partition stops here.
    void stop(long offset, Throwable error) {
        failure = new Failure(offset, text(error));
        LOG.log(
                System.Logger.Level.ERROR,
                "view {0}: stopped at offset {1} of {2} ({3}); running it again tries again",
                view.name(),
                Long.toString(offset),
                partition,
                error.getClass().getName());
    }

    private static String text(Throwable error) {
        String text = String.valueOf(error);
        return text.length() <= LONGEST_ERROR ? text : text.substring(0, LONGEST_ERROR - 1) + "…";
    }

    /// The error of a caller who waits for what will not come.
    LogException stopped(Failure why) {
        return new LogException(
                Code.VIEW_STOPPED,
                "view '%s' has stopped at offset %d of %s: %s. Mend the view or the log, and run it again"
                        .formatted(view.name(), why.offset(), partition, why.error()));
    }
}
