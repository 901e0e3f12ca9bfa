package dev.millrace.server;

import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.ParkedRecords;
import dev.millrace.log.RunningView;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.ViewOptions;
import dev.millrace.log.ViewOptions.OnFailure;
import dev.millrace.log.ViewStatus;
import dev.millrace.log.ViewStatus.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// How many records a topic has, counted by a view that is kept: the next time only what has come
/// since is counted.
///
/// @param parts per partition, in order
/// @param parked what was passed over
public record TopicCount(List<Part> parts, List<ParkedRecords> parked) {
    private static final Duration GLANCE = Duration.ofMillis(100);

    public TopicCount {
        parts = List.copyOf(parts);
        parked = List.copyOf(parked);
    }

    /// One partition.
    ///
    /// @param nextOffset every record below has been counted
    /// @param lag offsets still to be counted, where it has stopped
    /// @param startOffset where counting went on this time
    /// @param failure why it has stopped; null where it has not
    public record Part(
            TopicPartition partition,
            Counts counts,
            long nextOffset,
            long lag,
            long startOffset,
            ViewStatus.@Nullable Failure failure) {}

    /// What was counted of one partition.
    ///
    /// @param records all of them
    /// @param keyed those with a key
    /// @param tombstones those without a value
    /// @param keyBytes of all keys
    /// @param valueBytes of all values
    /// @param largestBytes key and value of the largest record
    public record Counts(
            long records,
            long keyed,
            long tombstones,
            long keyBytes,
            long valueBytes,
            long largestBytes) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);
    }

    /// Counts the records of a topic up to the present end.
    ///
    /// @param park whether to go on behind damaged records, instead of stopping there
    /// @param lag told now and then how many offsets are still to be counted
    /// @throws LogException `unknown-topic`; `invalid-view` where the topic is being counted
    ///   already
    public static TopicCount of(LocalLog log, String topic, boolean park, LongConsumer lag) {
        if (log instanceof RemoteLog remote) {
            return remote.count(topic, park);
        }
        ViewOptions options =
                ViewOptions.defaults().onDamage(park ? OnFailure.PARK : OnFailure.STOP);
        try (RunningView<CountingView> view = log.views().run(new CountingView(topic, options))) {
            catchUp(view, lag);
            ViewStatus status = view.status();
            List<Part> parts = new ArrayList<>();
            for (Source source : status.sources()) {
                Part part =
                        new Part(
                                source.partition(),
                                view.current().counts(source.partition()),
                                source.nextOffset(),
                                source.lag(),
                                source.startOffset(),
                                source.failure());
                parts.add(part);
            }
            return new TopicCount(parts, status.parked());
        }
    }

    private static void catchUp(RunningView<CountingView> view, LongConsumer lag) {
        try {
            while (!view.awaitPresent(GLANCE)) {
                lag.accept(view.status().lag());
            }
        } catch (LogException e) {
            if (e.code() != LogException.Code.VIEW_STOPPED) {
                throw e;
            }
            // the part that has stopped says why
        }
    }

    /// Whether all was counted.
    public boolean sound() {
        return parked.isEmpty() && parts.stream().allMatch(part -> part.failure() == null);
    }
}
