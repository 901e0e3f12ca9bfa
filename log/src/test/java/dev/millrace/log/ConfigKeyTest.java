package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigKeyTest {
    private static final ConfigKey LISTEN = ConfigKey.text("x.listen", "127.0.0.1:80");
    private static final ConfigKey COUNT = ConfigKey.number("x.count", 7, 1, 9);
    private static final ConfigKey SWITCH = ConfigKey.bool("x.switch", false);
    private static final List<ConfigKey> KEYS = List.of(LISTEN, COUNT, SWITCH);

    @Test
    void textKeepsItsCaseAndLosesTheSpacesAroundIt() {
        assertThat(LISTEN.normalize(" Host:80 ")).isEqualTo("Host:80");
    }

    @Test
    void aSwitchIsTrueOrFalseInAnyCase() {
        assertThat(SWITCH.normalize("True")).isEqualTo("true");
        assertThatThrownBy(() -> SWITCH.normalize("yes"))
                .hasMessageContaining("x.switch must be one of true, false, not 'yes'");
    }

    @Test
    void aNumberIsWholeAndWithinItsRange() {
        assertThat(COUNT.normalize("9")).isEqualTo("9");
        assertThatThrownBy(() -> COUNT.normalize("10"))
                .hasMessageContaining("x.count must be a number from 1 to 9, not '10'");
        assertThatThrownBy(() -> COUNT.normalize("1.5")).hasMessageContaining("not '1.5'");
    }

    @Test
    void keysOfAnotherModuleAreCompletedWithTheirDefaults() {
        assertThat(ConfigKey.complete("test configuration", KEYS, Map.of("x.count", "3")))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("x.listen", "127.0.0.1:80", "x.count", "3", "x.switch", "false"));
        assertThatThrownBy(
                        () ->
                                ConfigKey.complete(
                                        "test configuration", KEYS, Map.of("x.cuont", "3")))
                .hasMessageContaining(
                        "unknown test configuration key 'x.cuont'; did you mean 'x.count'?");
    }
}
