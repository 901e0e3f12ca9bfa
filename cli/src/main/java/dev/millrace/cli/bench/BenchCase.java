package dev.millrace.cli.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One case of an area: a workload, how it is measured, and what it is measured against.
interface BenchCase {
    String name();

    /// Whether it belongs to the long rows, of `--full` alone.
    default boolean longRow() {
        return false;
    }

    /// Why it cannot run here, in words; null where it can.
    default @Nullable String missing() {
        return null;
    }

    List<Goal> goals();

    Conditions conditions();

    /// Measures, and checks the result. An exception fails the row.
    Outcome run(Workbench bench) throws Exception;
}
