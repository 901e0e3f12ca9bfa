package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LocalLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.TopicSpec;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class MillraceServerTest {
    @TempDir private Path directory;

    private ServerOptions options() {
        return ServerOptions.of(
                Map.of(
                        "log.directory", directory.toString(),
                        "http.listen", "127.0.0.1:0",
                        "kafka.listen", "127.0.0.1:0",
                        "log.durability", "os"));
    }

    @Test
    void servesAndSaysWhereInTheLockFile() throws Exception {
        try (MillraceServer server = MillraceServer.start(options())) {
            assertThat(Files.readAllLines(directory.resolve("lock")))
                    .containsExactly(
                            "pid " + ProcessHandle.current().pid(),
                            "http 127.0.0.1:" + server.httpAddress().getPort(),
                            "kafka 127.0.0.1:" + server.kafkaAddress().getPort());
            assertThat(server.log().createTopic(TopicSpec.named("t")).config().asMap())
                    .containsEntry("durability", "os");
        }
        try (LocalLog log = LocalLog.open(directory)) {
            assertThat(log.recovery().clean()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.listen", "kafka.listen"})
    void aPortInUseIsAnErrorThatNamesTheKeyAndLeavesNothingOpen(String key) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerOptions options = options().with(key, "127.0.0.1:" + taken.getLocalPort());
            assertThatThrownBy(() -> MillraceServer.start(options))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining(key)
                    .hasMessageContaining(":" + taken.getLocalPort());
        }
        LocalLog.open(directory).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.listen", "kafka.listen"})
    void othersAreLetInOnlyWhereThatIsSaid(String key) {
        ServerOptions open = options().with(key, "0.0.0.0:0");
        assertThatThrownBy(() -> MillraceServer.start(open))
                .isInstanceOf(LogException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("--insecure");
        MillraceServer.start(open.with("server.insecure", "true")).close();
    }

    @Test
    void aHostThatNobodyKnowsIsRefused() {
        assertThatThrownBy(
                        () -> MillraceServer.start(options().with("http.listen", "no.invalid:1")))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("no.invalid")
                .extracting(e -> ((LogException) e).code())
                .isEqualTo(Code.INVALID_CONFIG);
    }
}
