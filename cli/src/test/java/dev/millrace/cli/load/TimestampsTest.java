package dev.millrace.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimestampsTest {
    @Test
    void readsWhatEventsWrite() {
        long noon = Instant.parse("2026-03-27T12:00:00Z").toEpochMilli();
        assertThat(Timestamps.parse("2026-03-27T12:00:00Z")).isEqualTo(noon);
        assertThat(Timestamps.parse("2026-03-27T12:00:00.25Z")).isEqualTo(noon + 250);
        assertThat(Timestamps.parse("2026-03-27T12:00:00.250999999Z")).isEqualTo(noon + 250);
        assertThat(Timestamps.parse("2026-03-27T14:00:00+02:00")).isEqualTo(noon);
        assertThat(Timestamps.parse("2026-03-27T12:00:00")).isEqualTo(noon);
        assertThat(Timestamps.parse("2026-03-27 12:00:00")).isEqualTo(noon);
        assertThat(Timestamps.parse("2026-03-27T12:00Z")).isEqualTo(noon);
        assertThat(Timestamps.parse("2026-03-27")).isEqualTo(noon - 12 * 3_600_000);
        assertThat(Timestamps.parse(Long.toString(noon))).isEqualTo(noon);
        assertThat(Timestamps.parse("2024-02-29T00:00:00Z"))
                .isEqualTo(Instant.parse("2024-02-29T00:00:00Z").toEpochMilli());
    }

    @Test
    void refusesWhatIsNoTime() {
        for (String text :
                List.of(
                        "",
                        "noon",
                        "2026-13-27T12:00:00Z",
                        "2026-02-30T12:00:00Z",
                        "2026-03-27T25:00:00Z",
                        "2026-03-27T12:00:00.x0Z",
                        "99999999999999999999",
                        "2026-03-27T12:00:00ZZ")) {
            assertThat(Timestamps.parse(text)).as(text).isEqualTo(Timestamps.NONE);
        }
    }

    @Test
    void agreesWithTheLibraryOnRandomTimes() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            long millis = random.nextLong(-62_000_000_000_000L, 250_000_000_000_000L);
            String text = Instant.ofEpochMilli(millis).toString();
            assertThat(Timestamps.parse(text)).as(text).isEqualTo(millis);
        }
    }
}
