package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException.Code;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicConfigTest {
    @Test
    void nothingGivenIsTheDefaults() {
        assertThat(TopicConfig.of(Map.of())).isEqualTo(TopicConfig.defaults());
    }

    @Test
    void everyKeyComesBackAsItIs() {
        Map<String, String> keys = new HashMap<>();
        keys.put("durability", "os");
        keys.put("segment.bytes", "65536");
        keys.put("index.interval.bytes", "512");
        keys.put("max.message.bytes", "9999");
        keys.put("max.record.bytes", "8888");
        keys.put("compression.type", "zstd");
        keys.put("flush.interval.ms", "250");
        keys.put("flush.bytes", "1000000");
        keys.put("segment.ms", "60000");
        keys.put("cleanup.policy", "compact,delete");
        keys.put("retention.ms", "3600000");
        keys.put("retention.bytes", "5000000");
        keys.put("delete.retention.ms", "0");
        keys.put("min.compaction.lag.ms", "1000");
        keys.put("min.cleanable.dirty.ratio", "0.25");
        assertThat(keys.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        TopicConfig.keys().stream().map(ConfigKey::name).toList());
        assertThat(TopicConfig.of(keys).asMap()).containsExactlyInAnyOrderEntriesOf(keys);
        assertThat(TopicConfig.of(TopicConfig.of(keys).asMap())).isEqualTo(TopicConfig.of(keys));
    }

    @ParameterizedTest
    @CsvSource({
        "durabilty, durability",
        "segment.byte, segment.bytes",
        "segments.bytes, segment.bytes",
        "max.messages.bytes, max.message.bytes",
        "compression, compression.type",
        "index.interval, index.interval.bytes",
        "max.records.byte, max.record.bytes"
    })
    void anUnknownKeyIsRefusedWithTheNearestKnownOne(String key, String nearest) {
        assertThatThrownBy(() -> TopicConfig.of(Map.of(key, "1")))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("'%s'; did you mean '%s'?", key, nearest)
                .satisfies(
                        e -> assertThat(((LogException) e).code()).isEqualTo(Code.INVALID_CONFIG));
    }

    @ParameterizedTest
    @CsvSource({
        "segment.bytes, 4095, 4096 to 1073741824",
        "segment.bytes, 1073741825, 4096 to 1073741824",
        "segment.bytes, 1 MiB, 4096 to 1073741824",
        "segment.bytes, 99999999999, 4096 to 1073741824",
        "max.record.bytes, 0, 1 to 268435456",
        "retention.ms, -2, from -1",
        "segment.ms, 0, from 1",
        "min.cleanable.dirty.ratio, 1.5, 0 to 1",
        "min.cleanable.dirty.ratio, NaN, 0 to 1",
        "cleanup.policy, compress, 'delete, compact, compact,delete'",
        "max.message.bytes, -5, 128 to 268435456",
        "index.interval.bytes, '', 0 to 1073741824",
        "durability, disk, 'memory, os, fsync'",
        "compression.type, lzo, 'none, gzip, snappy, lz4, zstd'"
    })
    void aValueOutOfItsRangeIsRefusedWithTheRange(String key, String value, String range) {
        assertThatThrownBy(() -> TopicConfig.of(Map.of(key, value)))
                .isInstanceOf(LogException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(range)
                .hasMessageContaining("'%s'", value);
    }

    @Test
    void namesOfChoicesAreTakenInAnyCase() {
        TopicConfig config =
                TopicConfig.of(Map.of("durability", " Os ", "compression.type", "LZ4"));
        assertThat(config.durability()).isEqualTo(Durability.OS);
        assertThat(config.compression()).isEqualTo(Compression.LZ4);
    }
}
