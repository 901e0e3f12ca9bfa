package dev.millrace.cli.bench;

import dev.millrace.cli.demo.DemoOptions;
import dev.millrace.log.Compression;
import dev.millrace.log.Durability;
import dev.millrace.log.LogOptions.ReadMode;
import dev.millrace.log.Profile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The tables of `--full`: how the log goes with partitions, codecs, sizes and ways to read.
final class FullCases {
    private static final long SEED = 20_261_120;
    private static final long INPUT_BYTES = 64 << 20;
    private static final int STORY_EVENTS = 200_000;
    private static final int SWEEP_BATCH_BYTES = 100_000;

    private FullCases() {}

    /// @param files whose lines stand for the captures; empty for those of `MILLRACE_DATA`
    static List<BenchCase> all(List<Path> files) {
        List<BenchCase> cases = new ArrayList<>();
        for (int partitions : new int[] {1, 2, 4, 8, 16}) {
            cases.add(ofPartitions(partitions));
        }
        for (int records : new int[] {1, 10, 100, 1_000, 10_000}) {
            cases.add(ofBatch(records));
        }
        for (int bytes : new int[] {100, 1_000, 10_000, 100_000}) {
            cases.add(ofRecord(bytes));
        }
        for (Compression codec : Compression.values()) {
            cases.add(ofCodec(codec, "captures", new Captures(files)));
            cases.add(ofCodec(codec, "story", FullCases::story));
        }
        for (ReadMode mode : ReadMode.values()) {
            for (ReadCase.Warmth warmth : ReadCase.Warmth.values()) {
                cases.add(ReadCase.sequential(mode, warmth));
                cases.add(ReadCase.single(mode, warmth));
            }
        }
        for (Profile profile : Profile.values()) {
            cases.addAll(ProfileCases.of(profile));
        }
        return cases;
    }

    private static BenchCase ofPartitions(int partitions) {
        return new AppendCase(
                        "append.partitions." + partitions,
                        Durability.FSYNC,
                        partitions,
                        64,
                        "64 callers, each waits for its answer",
                        false,
                        Loads::single)
                .with(AppendSetup.FULL);
    }

    private static BenchCase ofBatch(int records) {
        return batches("sweep.batch." + records, records, AppendSetup.FULL);
    }

    private static BenchCase ofRecord(int bytes) {
        return batches(
                "sweep.record." + bytes,
                Math.max(1, SWEEP_BATCH_BYTES / bytes),
                AppendSetup.FULL.with(() -> Values.ofSize(SEED, bytes)));
    }

    private static BenchCase batches(String name, int records, AppendSetup setup) {
        return new AppendCase(
                        name,
                        Durability.FSYNC,
                        4,
                        2,
                        String.format(
                                Locale.ROOT,
                                "2 callers that build their batches of %,d, 4 in flight each",
                                records),
                        false,
                        Loads.batches(records, 4, 4))
                .with(setup.with("max.message.bytes", Integer.toString(4 << 20)));
    }

    private static BenchCase ofCodec(Compression codec, String what, CaseInput input) {
        return new AppendCase(
                        "codec.%s.%s".formatted(codec.key(), what),
                        Durability.OS,
                        4,
                        1,
                        "1 thread, event after event of the %s through an Appender".formatted(what),
                        false,
                        Loads::stream)
                .with(AppendSetup.FULL.with(codec).with(input));
    }

    private static Values story() throws IOException {
        return CaseInput.lines(options(List.of()).input(), INPUT_BYTES);
    }

    private static DemoOptions options(List<Path> files) {
        return new DemoOptions(Path.of("."), files, null, STORY_EVENTS, 42);
    }

    /// Events that a real system left: files that are given, or the folder `captures` of the real
    /// data.
    private record Captures(List<Path> given) implements CaseInput {

        @Override
        public @Nullable String missing() {
            return files().isEmpty()
                    ? "there are no captures; --input FILE or MILLRACE_DATA would name some"
                    : null;
        }

        @Override
        public Values values() throws IOException {
            return CaseInput.lines(options(files()).input(), INPUT_BYTES);
        }

        private List<Path> files() {
            String data = System.getenv("MILLRACE_DATA");
            if (!given.isEmpty() || data == null || data.isBlank()) {
                return given;
            }
            List<Path> found = new ArrayList<>();
            try (DirectoryStream<Path> zips =
                    Files.newDirectoryStream(Path.of(data, "captures"), "*.zip")) {
                zips.forEach(found::add);
            } catch (IOException e) {
                return List.of();
            }
            return found.stream().sorted().toList();
        }
    }
}
