package dev.millrace.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// Where tests find the events of real systems: the folder that the environment variable
/// `MILLRACE_DATA` names. It is no part of the project, so a test that misses it is skipped, and
/// says what it would have checked; where `MILLRACE_DATA_REQUIRED` is `1` it fails.
public final class RealData {
    private static final System.Logger LOG = System.getLogger("dev.millrace.testkit");

    private RealData() {}

    /// A file or folder of the real data; without it, the test that asks ends here.
    ///
    /// @param name relative to the folder: `captures/empire_psexec_dcerpc_tcp_svcctl.zip`
    /// @param wouldCheck what the test checks with it, to be said where it cannot
    public static Path require(String name, String wouldCheck) {
        return require(
                System.getenv("MILLRACE_DATA"),
                "1".equals(System.getenv("MILLRACE_DATA_REQUIRED")),
                name,
                wouldCheck);
    }

    static Path require(@Nullable String folder, boolean required, String name, String wouldCheck) {
        if (folder != null && !folder.isBlank() && Files.exists(Path.of(folder, name))) {
            return Path.of(folder, name);
        }
        String missing =
                folder == null || folder.isBlank()
                        ? "MILLRACE_DATA is not set"
                        : "%s is not in %s, the folder of MILLRACE_DATA".formatted(name, folder);
        if (required) {
            throw new AssertionError(
                    missing + ", and MILLRACE_DATA_REQUIRED=1 asks for it: " + wouldCheck);
        }
        String skipped = "skipped, since " + missing + "; would have checked " + wouldCheck;
        LOG.log(System.Logger.Level.WARNING, skipped);
        return Assumptions.abort(skipped);
    }
}
