package dev.millrace.log.internal;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// Flight recorder: a file was forced, or could not be.
@Name("millrace.Force")
@Label("Force")
@Category({"Millrace", "Log"})
@Description("A file was brought to stable storage")
@StackTrace(false)
final class ForceEvent extends Event {
    private static final ForceEvent PROBE = new ForceEvent();

    @Label("Kind")
    @Description("journal, segment or other")
    @Nullable String kind;

    @Label("File")
    @Nullable String file;

    @Label("Bytes")
    @Description("Written to the file since its last force")
    @DataAmount
    long bytes;

    @Label("Succeeded")
    boolean succeeded;

    /// A begun event; null where it is not recorded.
    static @Nullable ForceEvent beginIfEnabled() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        ForceEvent event = new ForceEvent();
        event.begin();
        return event;
    }
}
