package dev.millrace.testkit.crash;

import dev.millrace.testkit.storage.FaultStorage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The process dies, and the page cache stays: everything acknowledged is there, at `os` too.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ProcessKillTest extends CrashSuite {

    @Override
    Crash crash(FaultStorage cached, SplittableRandom random) {
        return new Crash(cached, LedgerMode.PROCESS_KILLED);
    }

    @Override
    List<Crash> crashes(FaultStorage cached, SplittableRandom random) {
        return List.of(crash(cached, random));
    }

    @Test
    void atSomePointOfTheWork() {
        atRandomPoints(Seeds.states(200), 40, 8);
    }

    @Test
    @Tag("slow")
    void atManyPointsOfTheWork() {
        atRandomPoints(Seeds.states(2000), 60, 12);
    }

    @Test
    @Tag("slow")
    void atEveryPointOfASmallWork() {
        atEveryPoint(24);
    }

    @Test
    @Tag("slow")
    void atEveryPointOfTheRecovery() {
        atEveryPointOfTheRecovery(Seeds.states(700), 40);
    }
}
