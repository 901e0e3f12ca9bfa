package dev.millrace.server;

import dev.millrace.log.EventLog;
import dev.millrace.testkit.conformance.EventLogConformance;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A log behind a server keeps the contract of every engine.
class RemoteLogConformanceTest {
    @TempDir private Path folder;
    private final List<MillraceServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(MillraceServer::close);
    }

    private EventLog openEmpty() throws IOException {
        MillraceServer server =
                MillraceServer.start(
                        ServerOptions.of(
                                Map.of(
                                        "log.directory",
                                        Files.createTempDirectory(folder, "log").toString(),
                                        "http.listen",
                                        "127.0.0.1:0",
                                        "kafka.listen",
                                        "127.0.0.1:0")));
        servers.add(server);
        return RemoteLog.connect(URI.create("http://127.0.0.1:" + server.httpAddress().getPort()));
    }

    @Nested
    @Timeout(120)
    class Engine extends EventLogConformance {
        @Override
        protected EventLog openEmpty() throws IOException {
            return RemoteLogConformanceTest.this.openEmpty();
        }
    }
}
