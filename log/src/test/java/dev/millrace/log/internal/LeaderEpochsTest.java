package dev.millrace.log.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaderEpochsTest {
    @TempDir Path directory;
    private final Storage storage = new FileStorage();

    private LeaderEpochs epochs() {
        LeaderEpochs epochs = LeaderEpochs.initial();
        epochs.begin(1, 10);
        epochs.begin(4, 25);
        return epochs;
    }

    @Test
    void everyOffsetHasTheEpochThatBeganLastBeforeIt() {
        LeaderEpochs epochs = epochs();
        assertThat(epochs.latest()).isEqualTo(4);
        assertThat(epochs.at(0)).isZero();
        assertThat(epochs.at(9)).isZero();
        assertThat(epochs.at(10)).isEqualTo(1);
        assertThat(epochs.at(24)).isEqualTo(1);
        assertThat(epochs.at(25)).isEqualTo(4);
        assertThat(epochs.at(Long.MAX_VALUE)).isEqualTo(4);
    }

    @Test
    void anEpochThatBeginsEarlierThanOthersTakesTheirPlace() {
        LeaderEpochs epochs = epochs();
        epochs.begin(5, 10);
        assertThat(epochs.at(9)).isZero();
        assertThat(epochs.at(10)).isEqualTo(5);
        epochs.begin(6, 0);
        assertThat(epochs.at(0)).isEqualTo(6);
    }

    @Test
    void comeBackFromTheirFile() throws IOException {
        epochs().write(storage, directory);
        assertThat(Files.readString(directory.resolve(LeaderEpochs.FILE)))
                .isEqualTo("0\n3\n0 0\n1 10\n4 25\n");
        LeaderEpochs read = LeaderEpochs.read(storage, directory);
        assertThat(read).isNotNull();
        assertThat(read.latest()).isEqualTo(4);
        assertThat(read.at(24)).isEqualTo(1);
    }

    @Test
    void noFileIsNoEpochs() throws IOException {
        assertThat(LeaderEpochs.read(storage, directory)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0\n",
                "0\n0\n",
                "1\n1\n0 0\n",
                "0\n2\n0 0\n",
                "0\n1\n0 0\n1 10\n",
                "0\n1\n0\n",
                "0\n1\nx 0\n",
                "0\n2\n1 0\n0 10\n",
                "0\n2\n0 10\n1 0\n",
                "0\n2\n0 0\n0 10\n"
            })
    void whatCannotBeRightIsNotBelieved(String text) throws IOException {
        Files.writeString(directory.resolve(LeaderEpochs.FILE), text);
        assertThat(LeaderEpochs.read(storage, directory)).isNull();
    }
}
