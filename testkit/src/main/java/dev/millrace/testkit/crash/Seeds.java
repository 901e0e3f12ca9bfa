package dev.millrace.testkit.crash;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Where the chance of the crash suites comes from: `MILLRACE_SEED` and `MILLRACE_STATES`, as
/// system properties or in the environment, else a new seed for every run, which is printed.
public final class Seeds {
    private Seeds() {}

    /// The seed of this run of a suite.
    public static long seed(Class<?> suite) {
        String given = setting("MILLRACE_SEED");
        long seed =
                given == null
                        ? new SplittableRandom().nextLong() >>> 16
                        : Long.parseLong(given.strip());
        System.out.println(suite.getSimpleName() + ": MILLRACE_SEED=" + seed);
        return seed;
    }

    /// How many states to look at.
    public static int states(int usual) {
        String given = setting("MILLRACE_STATES");
        return given == null ? usual : Integer.parseInt(given.strip());
    }

    private static @Nullable String setting(String name) {
        String property = System.getProperty(name);
        return property != null ? property : System.getenv(name);
    }
}
