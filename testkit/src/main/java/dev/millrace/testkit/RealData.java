package dev.millrace.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where tests find the events of real systems: the folder that the environment variable
/// `MILLRACE_DATA` names. It is no part of the project.
public final class RealData {
    /// Names the folder.
    public static final String FOLDER = "MILLRACE_DATA";

    /// Set to `1` where a test must fail, not be skipped, when the data is missing.
    public static final String REQUIRED = "MILLRACE_DATA_REQUIRED";

    private RealData() {}

    /// A file or folder of the real data. Where it is missing, the test that asked has to be skipped,
    /// and says so in a line of its own:
    ///
    /// ```java
    /// Optional<Path> capture = RealData.find("captures/x.zip", "that a capture loads");
    /// Assumptions.assumeTrue(capture.isPresent());
    /// ```
    ///
    /// @param name relative to the folder
    /// @param wouldCheck what the test would have checked with it
    /// @throws AssertionError where it is missing though `MILLRACE_DATA_REQUIRED` is `1`
    public static Optional<Path> find(String name, String wouldCheck) {
        return find(System.getenv(FOLDER), System.getenv(REQUIRED), name, wouldCheck);
    }

    static Optional<Path> find(
            @Nullable String folder,
            @Nullable String required,
            String name,
            String wouldCheck) {
        if (folder != null && !folder.isBlank()) {
            Path found = Path.of(folder).resolve(name);
            if (Files.exists(found)) {
                return Optional.of(found);
            }
        }
        String why =
                folder == null || folder.isBlank()
                        ? FOLDER + " is not set"
                        : "there is no " + name + " in the folder of " + FOLDER;
        if ("1".equals(required)) {
            throw new AssertionError(why + ", and " + REQUIRED + "=1 asks for it: " + wouldCheck);
        }
        System.err.println("SKIPPED: " + why + "; would have checked " + wouldCheck);
        return Optional.empty();
    }
}
