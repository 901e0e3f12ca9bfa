package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cli.console.CommandException;
import dev.millrace.log.LocalLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDirectoryTest {
    @TempDir Path folder;

    @Test
    void refusesAnythingThatTheDemoDidNotMake() throws IOException {
        Path precious = folder.resolve("data");
        LocalLog.open(precious).close();
        assertThatThrownBy(() -> new DemoDirectory(precious).clear())
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("was not made by the demo")
                .matches(e -> ((CommandException) e).wrongUsage());
        assertThat(precious.resolve("format.json")).exists();
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> new DemoDirectory(file).clear())
                .hasMessageContaining("is not a directory");
    }

    @Test
    void takesAnEmptyOrAMissingDirectory() throws IOException {
        new DemoDirectory(folder).clear();
        new DemoDirectory(folder.resolve("none")).clear();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void clearsItsOwnWithoutFollowingLinks() throws IOException {
        Path own = Files.createDirectories(folder.resolve("own/log/x")).getParent().getParent();
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("letter"), "Dear Sir");
        Files.writeString(own.resolve("log/x/file"), "x");
        Files.createSymbolicLink(own.resolve("log/link"), elsewhere);
        DemoDirectory directory = new DemoDirectory(own);
        directory.mark();
        directory.clear();
        assertThat(own).isEmptyDirectory();
        assertThat(elsewhere.resolve("letter")).exists();
    }

    @Test
    void clearsNothingThatIsInUse() throws IOException {
        try (LocalLog log = LocalLog.open(folder)) {
            DemoDirectory directory = new DemoDirectory(folder);
            directory.mark();
            assertThatThrownBy(directory::clear).hasMessageContaining("is open in another process");
            assertThat(log.directory().resolve("format.json")).exists();
        }
    }
}
