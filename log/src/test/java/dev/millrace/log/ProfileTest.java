package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A profile sets keys, and whoever knows better sets them otherwise.
class ProfileTest {
    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource(Profile.class)
    void setsItsKeysAndNoOther(Profile profile) {
        LogOptions options = LogOptions.profile(profile);
        assertThat(options.asMap()).containsAllEntriesOf(profile.logKeys());
        LogOptions.defaults()
                .asMap()
                .forEach(
                        (key, value) ->
                                assertThat(options.asMap().get(key))
                                        .as(key)
                                        .isEqualTo(profile.logKeys().getOrDefault(key, value)));

        try (LocalLog log = LocalLog.open(directory, options)) {
            TopicConfig config = log.createTopic(TopicSpec.named("t")).config();
            assertThat(config).isEqualTo(TopicConfig.of(profile.topicKeys()));
        }
    }

    @Test
    void everyKeyCanBeSetOtherwise() {
        LogOptions options =
                LogOptions.profile(Profile.LATENCY)
                        .with("log.appender.batch.bytes", 1000)
                        .withTopicDefault("flush.interval.ms", "7");
        assertThat(options.appenderBatchBytes()).isEqualTo(1000);
        try (LocalLog log = LocalLog.open(directory, options)) {
            TopicConfig config =
                    log.createTopic(TopicSpec.named("t").durability(Durability.FSYNC)).config();
            assertThat(config.durability()).isEqualTo(Durability.FSYNC);
            assertThat(config.flushIntervalMillis()).isEqualTo(7);
        }
    }

    @Test
    void topicsThatExistKeepWhatTheyHave() {
        try (LocalLog log = LocalLog.open(directory)) {
            log.createTopic(TopicSpec.named("t"));
        }
        try (LocalLog log = LocalLog.open(directory, LogOptions.profile(Profile.THROUGHPUT))) {
            assertThat(log.describeTopic("t").config()).isEqualTo(TopicConfig.defaults());
        }
    }

    @Test
    void refusesATopicDefaultThatIsNone() {
        assertThatThrownBy(() -> LogOptions.defaults().withTopicDefault("durabilty", "os"))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("did you mean 'durability'");
    }
}
