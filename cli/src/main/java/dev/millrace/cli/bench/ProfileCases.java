package dev.millrace.cli.bench;

import dev.millrace.log.Durability;
import dev.millrace.log.LogOptions;
import dev.millrace.log.Profile;
import java.util.List;
import java.util.Locale;

/// What each [Profile] is for, measured: records at the rate of its goal, and then as many as it
/// takes.
final class ProfileCases {
    private ProfileCases() {}

    static String name(Profile profile) {
        return "profile." + profile.key();
    }

    static List<BenchCase> of(Profile profile) {
        return switch (profile) {
            case LATENCY -> of(profile, 100_000, 1_000, 500);
            case THROUGHPUT -> of(profile, 1_000_000, 5_000, 2_000);
            case DURABILITY -> of(profile, 50_000, 20_000, 10_000);
        };
    }

    private static List<BenchCase> of(Profile profile, long rate, double floor, double aim) {
        String caller =
                "1 thread, %s records/s through an Appender, latencies from intended starts"
                        .formatted(String.format(Locale.ROOT, "%,d", rate));
        return List.of(
                one(
                        profile,
                        name(profile),
                        caller,
                        new SteadyLoad(rate),
                        Goal.atLeast(Metric.THROUGHPUT, 0.98 * rate, 0.98 * rate),
                        Goal.atMost(Metric.P99, floor, aim)),
                one(
                        profile,
                        name(profile) + ".limit",
                        "1 thread, record after record through an Appender",
                        Loads::stream,
                        Goal.atLeast(Metric.THROUGHPUT, (double) rate, 2.0 * rate)));
    }

    private static BenchCase one(
            Profile profile, String name, String callers, AppendCase.Load load, Goal... goals) {
        String durability = profile.topicKeys().getOrDefault("durability", "fsync");
        return new AppendCase(
                        name,
                        Durability.valueOf(durability.toUpperCase(Locale.ROOT)),
                        4,
                        1,
                        callers,
                        false,
                        load,
                        goals)
                .with(AppendSetup.FULL.with(LogOptions.profile(profile)));
    }
}
