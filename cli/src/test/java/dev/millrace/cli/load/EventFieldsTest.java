package dev.millrace.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventFieldsTest {
    private final EventFields fields =
            new EventFields(List.of("subject", "host"), List.of("time", "at"));

    private boolean read(String json) {
        Line line = new Line();
        byte[] bytes = ("..." + json + "...").getBytes(StandardCharsets.UTF_8);
        line.set(bytes, 3, bytes.length - 6, "f", 1);
        return fields.read(line);
    }

    @Test
    void theFieldNamedFirstWinsWhereverItStands() {
        assertThat(read("{\"host\":\"h\",\"subject\":\"s\"}")).isTrue();
        assertThat(fields.key()).isEqualTo("s");
        read("{\"subject\":\"s\",\"host\":\"h\"}");
        assertThat(fields.key()).isEqualTo("s");
        read("{\"host\":\"h\"}");
        assertThat(fields.key()).isEqualTo("h");
    }

    @Test
    void onlyTopLevelScalarsCount() {
        assertThat(read("{\"data\":{\"subject\":\"x\"},\"host\":[\"y\"],\"subject\":null}"))
                .isTrue();
        assertThat(fields.key()).isNull();
        read("{\"subject\":12.50}");
        assertThat(fields.key()).isEqualTo("12.50");
        read("{\"subject\":true}");
        assertThat(fields.key()).isEqualTo("true");
        read("{\"subject\":\"\\u00e9\\n\"}");
        assertThat(fields.keyBytes()).isEqualTo("é\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void timesAreTextOrMilliseconds() {
        read("{\"time\":\"2026-03-27T13:00:00Z\"}");
        assertThat(fields.timestampMillis()).isEqualTo(1774616400000L);
        read("{\"at\":1774616400001}");
        assertThat(fields.timestampMillis()).isEqualTo(1774616400001L);
        read("{\"time\":\"soon\",\"at\":5}");
        assertThat(fields.timestampMillis()).isEqualTo(5);
        read("{\"time\":\"soon\"}");
        assertThat(fields.timestampMillis()).isEqualTo(Timestamps.NONE);
    }

    @Test
    void aBrokenLineHasNeitherKeyNorTime() {
        for (String json : List.of("", "7", "[]", "{", "{\"subject\":\"s\"", "{} {}", "{'a':1}")) {
            assertThat(read(json)).as(json).isFalse();
            assertThat(fields.problem()).as(json).isNotBlank();
            assertThat(fields.key()).as(json).isNull();
        }
        assertThat(read("{\"subject\":\"s\"} x")).isFalse();
        assertThat(fields.key()).isNull();
        assertThat(read("{}")).isTrue();
        assertThat(fields.problem()).isNull();
    }
}
