package dev.millrace.cli.demo;

import dev.millrace.log.RecoveryReport;
import java.nio.file.Path;

/// Tells how the demo goes, while it goes.
public interface Narrator {
    /// Tells nothing.
    Narrator SILENT = new Narrator() {};

    default void begins(String input, Path directory) {}

    default void counted(Inventory inventory) {}

    default void killed(KilledLoad load, Inventory inventory) {}

    default void reopened(RecoveryReport recovery, long nanos) {}

    default void proved(Proof proof, Completion completion) {}

    default void ends(DemoReport report) {}
}
