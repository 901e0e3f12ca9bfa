package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class RealDataTest {
    private static final Logger LOG = Logger.getLogger("dev.millrace.testkit");

    /// What is skipped here is no news.
    @BeforeEach
    void quiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterEach
    void loud() {
        LOG.setLevel(null);
    }

    @Test
    void findsWhatIsThere(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("x.json"), "{}");
        assertThat(RealData.require(folder.toString(), false, "x.json", "that it is found"))
                .isEqualTo(file);
    }

    @Test
    void skipsTheTestAndSaysWhatItWouldHaveChecked(@TempDir Path folder) {
        assertThatThrownBy(() -> RealData.require(null, false, "x.json", "all of x"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("MILLRACE_DATA is not set")
                .hasMessageContaining("all of x");
        assertThatThrownBy(() -> RealData.require(folder.toString(), false, "x.json", "all of x"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("x.json is not in " + folder);
    }

    @Test
    void failsTheTestWhereTheDataIsRequired() {
        assertThatThrownBy(() -> RealData.require("", true, "x.json", "all of x"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("MILLRACE_DATA_REQUIRED=1");
    }
}
