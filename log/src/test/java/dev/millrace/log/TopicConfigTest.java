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
        assertThat(keys.keySet()).containsExactlyInAnyOrderElementsOf(TopicConfig.KEYS);
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
