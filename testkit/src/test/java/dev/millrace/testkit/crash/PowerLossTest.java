package dev.millrace.testkit.crash;

import dev.millrace.testkit.storage.FaultStorage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The power goes: what was acknowledged at `fsync` is there, what was acknowledged at `os` may
/// lack a suffix, and nothing that recovery has kept goes later.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PowerLossTest extends CrashSuite {

    @Override
    Crash crash(FaultStorage cached, SplittableRandom random) {
        int kind = random.nextInt(20);
        if (kind < 2) {
            return new Crash(cached.dropAllUnforced(), LedgerMode.POWER_LOST);
        } else if (kind < 3) {
            return new Crash(cached.keepAll(), LedgerMode.POWER_LOST);
        } else if (kind < 6) {
            return new Crash(cached, LedgerMode.PROCESS_KILLED); // and the power goes later
        }
        return new Crash(cached.afterPowerLoss(random), LedgerMode.POWER_LOST);
    }

    @Override
    List<Crash> crashes(FaultStorage cached, SplittableRandom random) {
        return List.of(
                new Crash(cached.dropAllUnforced(), LedgerMode.POWER_LOST),
                new Crash(cached.keepAll(), LedgerMode.POWER_LOST),
                new Crash(cached.afterPowerLoss(random), LedgerMode.POWER_LOST),
                new Crash(cached.afterPowerLoss(random), LedgerMode.POWER_LOST));
    }

    @Test
    void atSomePointOfTheWork() {
        atRandomPoints(Seeds.states(400), 40, 8);
    }

    @Test
    @Tag("slow")
    void atManyPointsOfTheWork() {
        atRandomPoints(Seeds.states(4000), 60, 12);
    }

    @Test
    @Tag("slow")
    void atEveryPointOfASmallWork() {
        atEveryPoint(24);
    }

    @Test
    @Tag("slow")
    void afterAKillAtEveryPointOfASmallWork() {
        atEveryPointKilledFirst(24);
    }

    @Test
    @Tag("slow")
    void atEveryPointOfTheRecovery() {
        atEveryPointOfTheRecovery(Seeds.states(1500), 40);
    }
}
