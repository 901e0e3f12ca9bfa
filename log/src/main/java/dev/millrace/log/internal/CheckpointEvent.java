package dev.millrace.log.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Flight recorder: segments were forced, so that files of the journal can be used again.
@Name("millrace.Checkpoint")
@Label("Checkpoint")
@Category({"Millrace", "Log"})
@Description("Every partition was forced, and the journal says so")
@StackTrace(false)
final class CheckpointEvent extends Event {
    @Label("Partitions")
    int partitions;
}
