package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedClockTest {
    private final SimulatedClock clock = new SimulatedClock(1000);
    private final List<Long> ticks = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread worker =
            Thread.ofPlatform()
                    .name("worker")
                    .start(
                            () -> {
                                long next = TimeUnit.MILLISECONDS.toNanos(10);
                                while (!over.get()) {
                                    if (clock.nanos() >= next) {
                                        ticks.add(TimeUnit.NANOSECONDS.toMillis(clock.nanos()));
                                        next += TimeUnit.MILLISECONDS.toNanos(10);
                                    }
                                    clock.parkUntil(this, next);
                                }
                            });

    @AfterEach
    void end() throws InterruptedException {
        over.set(true);
        LockSupport.unpark(worker);
        worker.join();
    }

    @Test
    void whatIsDueIsDoneWhenAdvanceReturns() {
        clock.awaitWaiting("worker");
        clock.advance(9);
        assertThat(ticks).isEmpty();
        clock.advance(1);
        assertThat(ticks).containsExactly(10L);
        LockSupport.unpark(worker); // for no reason
        clock.advance(25);
        assertThat(ticks).containsExactly(10L, 35L, 35L);
        assertThat(clock.epochMillis()).isEqualTo(1035);
    }
}
