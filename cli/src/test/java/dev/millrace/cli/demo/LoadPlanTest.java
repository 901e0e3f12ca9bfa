package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadPlanTest {
    /// Whatever the size: enough is acknowledged for the kill before the process stands still, and
    /// it stands still before it is done.
    @Test
    void theKillIsAlwaysReachedAndAlwaysInTheMiddle() {
        for (long lines = 1; lines < 5_000; lines++) {
            LoadPlan plan = LoadPlan.forLines(lines);
            long surelyAcknowledged = plan.holdAt() / plan.flushEvery() * plan.flushEvery();
            assertThat(plan.killAt()).as("%d lines", lines).isLessThanOrEqualTo(surelyAcknowledged);
            assertThat(plan.holdAt()).as("%d lines", lines).isLessThan(lines);
        }
        assertThat(LoadPlan.forLines(1_000_000)).isEqualTo(new LoadPlan(531_250, 62_500, 781_250));
    }
}
