package dev.millrace.cli.bench;

import dev.millrace.log.Compression;
import dev.millrace.log.LogOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an [AppendCase] does otherwise than the plain ones.
///
/// @param codec of the topic, and of batches that the load builds
/// @param topicKeys more configuration of the topic
/// @param input the values; null for the random ones of 100 bytes
/// @param full whether it belongs to the rows of `--full` alone
record AppendSetup(
        LogOptions options,
        Compression codec,
        Map<String, String> topicKeys,
        @Nullable CaseInput input,
        boolean full) {

    static final AppendSetup PLAIN =
            new AppendSetup(LogOptions.defaults(), Compression.NONE, Map.of(), null, false);

    static final AppendSetup FULL =
            new AppendSetup(LogOptions.defaults(), Compression.NONE, Map.of(), null, true);

    AppendSetup with(LogOptions other) {
        return new AppendSetup(other, codec, topicKeys, input, full);
    }

    AppendSetup with(Compression other) {
        return new AppendSetup(options, other, topicKeys, input, full);
    }

    AppendSetup with(CaseInput other) {
        return new AppendSetup(options, codec, topicKeys, other, full);
    }

    AppendSetup with(String key, String value) {
        return new AppendSetup(options, codec, Map.of(key, value), input, full);
    }
}
