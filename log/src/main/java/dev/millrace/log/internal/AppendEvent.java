package dev.millrace.log.internal;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// Flight recorder: a group of appends was written and published, with its force where there is
/// one.
@Name("millrace.Append")
@Label("Append")
@Category({"Millrace", "Log"})
@Description("A group of appends, from the moment it was taken to its publication")
@StackTrace(false)
final class AppendEvent extends Event {
    /// Asked whether the event is recorded, so that none is made where it is not.
    private static final AppendEvent PROBE = new AppendEvent();

    @Label("Durability")
    @Nullable String durability;

    @Label("Topic")
    @Description("None where the group is for several partitions")
    @Nullable String topic;

    @Label("Partition")
    @Description("-1 where the group is for several partitions")
    int partition = -1;

    @Label("Partitions")
    int partitions;

    @Label("Batches")
    int batches;

    @Label("Records")
    long records;

    @Label("Bytes")
    @DataAmount
    long bytes;

    /// A begun event; null where it is not recorded.
    static @Nullable AppendEvent beginIfEnabled() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        AppendEvent event = new AppendEvent();
        event.begin();
        return event;
    }
}
