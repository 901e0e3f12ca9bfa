package dev.millrace.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.log.AppendResult;
import dev.millrace.log.Compression;
import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogOptions;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A disk that is full, for real: a small file system in a file, mounted through a loop device.
/// Needs root; is skipped, with the reason, where there is no such right. [FailingDiskTest] does
/// the same without a real disk.
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FullDiskTest {
    private static final int DISK_BYTES = 48 << 20;
    private static final int RECORD_BYTES = 8 << 10;

    @TempDir private Path directory;

    private Path mount = Path.of("unset");
    private boolean mounted;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path image = directory.resolve("disk.img");
        mount = Files.createDirectory(directory.resolve("mnt"));
        try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
        }
        // without blocks for root only: what is free is free
        String made = run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        assumeTrue(made == null, "no ext4 in a file: " + made);
        String result = run("mount", "-o", "loop", image.toString(), mount.toString());
        assumeTrue(result == null, "no loop mount: " + result);
        mounted = true;
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", mount.toString())).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"FSYNC, 0", "FSYNC, 4194304", "OS, 0"})
    void appendsFailUntilThereIsSpaceAndNothingIsLost(Durability durability, long minFreeBytes)
            throws Exception {
        Path ballast = mount.resolve("ballast");
        Files.write(ballast, new byte[8 << 20]);
        LogOptions options =
                LogOptions.defaults()
                        .with("log.journal.file.bytes", 1 << 20)
                        .with("log.journal.max.bytes", 4 << 20)
                        .with("log.min-free-bytes", minFreeBytes);
        Path home = mount.resolve("log");
        TopicPartition partition = new TopicPartition("orders", 0);
        CrashLedger ledger = new CrashLedger();
        try (LocalLog log = LocalLog.open(home, options)) {
            ledger.creating("orders", 1, durability);
            log.createTopic(
                    TopicSpec.named("orders")
                            .durability(durability)
                            .config("segment.bytes", Integer.toString(1 << 20)));
            ledger.created("orders");
            long id = fill(log, partition, ledger);
            assertThat(CrashLedger.ids(log, partition)).isNotEmpty();
            assertThat(append(log, partition, ledger, id++)).isEqualTo(Code.DISK_FULL);
            ledger.check(log, LedgerMode.PROCESS_KILLED);

            Files.delete(ballast);
            resume(log, partition, ledger, id);
            ledger.check(log, LedgerMode.PROCESS_KILLED);
        }
        try (LocalLog log = LocalLog.open(home, options)) {
            ledger.check(log, LedgerMode.PROCESS_KILLED);
            assertThat(log.verify(progress -> {})).isEmpty();
        }
    }

    /// Appends until the disk is full, and many times more.
    ///
    /// @return the next id
    private static long fill(LocalLog log, TopicPartition partition, CrashLedger ledger) {
        int refused = 0;
        long id = 0;
        while (refused < 20) {
            assertThat(id).as("the disk was never full").isLessThan(2L * DISK_BYTES);
            Code code = append(log, partition, ledger, id);
            id += 4;
            if (code != null) {
                assertThat(code).isEqualTo(Code.DISK_FULL);
                refused++;
            }
        }
        return id;
    }

    private static void resume(
            LocalLog log, TopicPartition partition, CrashLedger ledger, long firstId)
            throws InterruptedException {
        long id = firstId;
        for (int appended = 0, attempts = 0; appended < 50; id += 4, attempts++) {
            assertThat(attempts).as("the log did not go on").isLessThan(2000);
            Code code = append(log, partition, ledger, id);
            if (code == null) {
                appended++;
            } else {
                assertThat(code).isEqualTo(Code.DISK_FULL);
                Thread.sleep(10);
            }
        }
    }

    /// Appends four records.
    ///
    /// @return how that failed, or null
    private static @Nullable Code append(
            LocalLog log, TopicPartition partition, CrashLedger ledger, long id) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            records.add(Payload.record(id + i, RECORD_BYTES));
        }
        CrashLedger.Ticket ticket = ledger.sending(partition, id, records.size());
        CompletableFuture<AppendResult> sent =
                log.append(partition, RecordBatch.of(records, Compression.NONE));
        try {
            ticket.acknowledged(sent.get(60, TimeUnit.SECONDS).baseOffset());
            return null;
        } catch (ExecutionException e) {
            ticket.failed();
            assertThat(e.getCause()).isInstanceOf(LogException.class);
            return ((LogException) e.getCause()).code();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("an append was never answered", e);
        }
    }

    /// Runs a program.
    ///
    /// @return what went wrong, or null
    private static @Nullable String run(String... command)
            throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return e.getMessage();
        }
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor() == 0 ? null : String.join(" ", command) + ": " + said.strip();
    }
}
