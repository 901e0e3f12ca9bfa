package dev.millrace.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `kill -9`, for real: a child process writes to a real directory and tells what was acknowledged
/// until it is killed; the next one goes on with the same directory, and the ledger of all of them
/// holds. What the child has told is in the pipe when it dies, and nothing of it is lost.
@Tag("slow")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KillNineTest {
    private static final int KILLED = 128 + 9;
    private static final int KILLS = 20;

    @TempDir private Path directory;

    private final CrashLedger ledger = new CrashLedger();
    private int acknowledged;

    @ParameterizedTest
    @EnumSource(names = {"FSYNC", "OS"})
    void everythingAcknowledgedIsThere(Durability durability) throws Exception {
        long seed = Seeds.seed(getClass());
        SplittableRandom random = new SplittableRandom(seed);
        for (int kill = 0; kill < KILLS; kill++) {
            try {
                live(durability, random, kill);
                // every other time the next child finds what this one has left behind
                if (kill % 2 == 1) {
                    look();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "MILLRACE_SEED=%d, %s, kill %d: %s".formatted(seed, durability, kill, e),
                        e);
            }
        }
        System.out.printf(
                "KillNineTest: %d kills at %s, %,d appends acknowledged%n",
                KILLS, durability.key(), acknowledged);
        assertThat(acknowledged).as("kills that hit nothing prove nothing").isGreaterThan(KILLS);
    }

    /// Starts a child, kills it, and enters what it has told.
    private void live(Durability durability, SplittableRandom random, int life)
            throws IOException, InterruptedException {
        Process child =
                new ProcessBuilder(
                                command(
                                        directory.toString(),
                                        durability.key(),
                                        Long.toString(random.nextLong()),
                                        Long.toString((life + 1L) << 32)))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (Story story = new Story(child.getInputStream())) {
            if (random.nextInt(4) > 0) { // else it may be killed while it opens the log
                story.awaitAcknowledgements(random.nextInt(1, 60));
            }
            Thread.sleep(random.nextInt(250));
            // through its handle: the process itself would close the pipe, and what it told with it
            child.toHandle().destroyForcibly();
            assertThat(child.waitFor()).as("the child ends by the kill").isEqualTo(KILLED);
            for (String line : story.lines()) {
                LedgerText.enter(line, ledger);
                acknowledged += line.startsWith("acknowledged") ? 1 : 0;
            }
        }
        ledger.interrupted();
    }

    private void look() {
        try (LocalLog log = LocalLog.open(directory, LedgerWriter.options())) {
            assertThat(log.recovery().damage()).isEmpty();
            ledger.checkAndAdopt(log, LedgerMode.PROCESS_KILLED);
            assertThat(log.verify(progress -> {})).isEmpty();
        }
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LedgerWriter.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /// What a child prints, read as fast as it comes.
    private static final class Story implements AutoCloseable {
        private final InputStream from;
        private final ByteArrayOutputStream told = new ByteArrayOutputStream();
        private final Thread reader;
        private int acknowledgements;
        private boolean ended;

        Story(InputStream from) {
            this.from = from;
            this.reader = Thread.ofPlatform().daemon().start(this::read);
        }

        private void read() {
            byte[] bytes = new byte[1 << 16];
            try {
                for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                    heard(bytes, count);
                }
            } catch (IOException e) {
                // the pipe broke with the child; what came until then is here
            }
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }

        private synchronized void heard(byte[] bytes, int count) {
            told.write(bytes, 0, count);
            for (int i = 0; i < count; i++) {
                acknowledgements += bytes[i] == 'k' ? 1 : 0; // in no other word
            }
            notifyAll();
        }

        synchronized void awaitAcknowledgements(int count) throws InterruptedException {
            while (acknowledgements < count && !ended) {
                wait();
            }
        }

        /// All whole lines, once the child is dead.
        List<String> lines() throws InterruptedException {
            reader.join();
            String text = told.toString(StandardCharsets.US_ASCII);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        }

        @Override
        public void close() throws IOException {
            from.close();
        }
    }
}
