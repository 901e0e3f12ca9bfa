package dev.millrace.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.HdrHistogram.Histogram;

/// Threads that do the same work side by side, each until the time is over.
public final class Lanes {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Lanes() {}

    /// What a thread does: `while (lane.begin()) { … lane.end(1); }`.
    @FunctionalInterface
    public interface Work {
        void run(Lane lane) throws Exception;
    }

    /// Runs `threads` platform threads to the end of the window that begins now.
    ///
    /// @throws ExecutionException the first failure of one of them
    public static Measured run(int threads, Duration warmUp, Duration measured, Work work)
            throws InterruptedException, ExecutionException {
        Window window = Window.starting(warmUp, measured);
        List<Lane> lanes = new ArrayList<>();
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Lane lane = new Lane(i, window);
            FutureTask<Void> task =
                    new FutureTask<>(
                            () -> {
                                work.run(lane);
                                lane.finished();
                                return null;
                            });
            lanes.add(lane);
            tasks.add(task);
            Thread.ofPlatform().daemon().name("caller-" + i).start(task);
        }
        window.awaitFrom();
        long cpuBefore = PROCESS.getProcessCpuTime();
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        return collect(window, lanes, PROCESS.getProcessCpuTime() - cpuBefore);
    }

    private static Measured collect(Window window, List<Lane> lanes, long cpuNanos) {
        Histogram latencies = new Histogram(3);
        long counted = 0;
        long total = 0;
        long allocated = 0;
        long end = window.from();
        List<Lane.Sample> samples = new ArrayList<>();
        for (Lane lane : lanes) {
            lane.addLatenciesTo(latencies);
            counted += lane.counted();
            total += lane.total();
            allocated += lane.allocated();
            end = Math.max(end, lane.endedAt());
            samples.addAll(lane.samples());
        }
        return new Measured(
                counted, total, end - window.from(), cpuNanos, allocated, latencies, samples);
    }
}
