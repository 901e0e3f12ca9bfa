package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who breaks the protocol is cut off, and our log says why. */
class CutOffTest {
    private static final Logger LOG = Logger.getLogger("dev.millrace.kafka");

    @TempDir private Path directory;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    said.add(
                            java.text.MessageFormat.format(
                                    line.getMessage(), line.getParameters()));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
    }

    @AfterEach
    void endListening() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    private Served serve(String... keysAndValues) {
        KafkaServerOptions options = KafkaServerOptions.defaults();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            options = options.with(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Served.in(directory, options);
    }

    private void cutOff(Served served, byte[] bytes, String reason) throws IOException {
        try (RawClient client = RawClient.of(served)) {
            client.raw(bytes);
            assertThat(client.receive()).as("the end of the connection").isNull();
        }
        assertThat(said).as("what our log says").anyMatch(line -> line.contains(reason));
        try (RawClient other = RawClient.of(served)) {
            int id = other.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
            assertThat(other.receive(ApiKeys.API_VERSIONS, 0, id)).isNotNull();
        }
    }

    private static byte[] frame(int length, short key, short version) {
        return ByteBuffer.allocate(4 + 8)
                .putInt(length)
                .putShort(key)
                .putShort(version)
                .putInt(1)
                .array();
    }

    @Test
    void httpIsRecognised() throws IOException {
        try (Served served = serve()) {
            cutOff(
                    served,
                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                    "HTTP was spoken to the port of the Kafka protocol");
        }
    }

    @Test
    void tlsIsRecognised() throws IOException {
        try (Served served = serve()) {
            byte[] hello = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
            cutOff(served, hello, "TLS was spoken to a port without it");
        }
    }

    @Test
    void aFrameThatIsTooLargeIsNotReadAtAll() throws IOException {
        try (Served served = serve("kafka.socket.request.max.bytes", "2000")) {
            cutOff(
                    served,
                    frame(2001, ApiKeys.METADATA.id, (short) 4),
                    "a frame of 2,001 bytes, where kafka.socket.request.max.bytes is 2,000");
            cutOff(served, frame(-5, ApiKeys.METADATA.id, (short) 4), "a frame of -5 bytes");
        }
    }

    @Test
    void anApiThatIsNotThereIsNamed() throws IOException {
        try (Served served = serve()) {
            cutOff(served, frame(8, (short) 999, (short) 0), "API key 999 is not supported");
        }
    }

    @Test
    void aVersionThatIsNotThereIsNamedWithThoseThatAre() throws IOException {
        try (Served served = serve()) {
            cutOff(
                    served,
                    frame(8, ApiKeys.PRODUCE.id, (short) 99),
                    "version 99 of PRODUCE is not supported, only 0 to 12");
        }
    }

    @Test
    void aRequestThatCannotBeReadIsNamed() throws IOException {
        try (Served served = serve()) {
            cutOff(
                    served,
                    frame(8, ApiKeys.METADATA.id, (short) 4),
                    "the header of a request cannot be read");
        }
    }

    @Test
    void whoAsksNothingForLongIsCutOff() throws IOException {
        try (Served served = serve("kafka.connections.max.idle.ms", "100")) {
            cutOff(served, new byte[0], "it has asked nothing for long");
        }
    }

    @Test
    void whoDoesNotEndItsRequestIsCutOff() throws IOException {
        try (Served served = serve("kafka.connections.max.stall.ms", "100")) {
            cutOff(
                    served,
                    frame(100, ApiKeys.METADATA.id, (short) 4),
                    "it does not send the rest of its request");
        }
    }

    @Test
    void whoDoesNotReadItsResponsesIsCutOff() throws Exception {
        try (Served served = serve("kafka.connections.max.stall.ms", "300");
                RawClient client = RawClient.of(served)) {
            served.log.createTopic(dev.millrace.log.TopicSpec.named("many").partitions(500));
            MetadataRequestData all = new MetadataRequestData().setTopics(null);
            long deadline = System.nanoTime() + 20_000_000_000L;
            try {
                while (said.stream().noneMatch(line -> line.contains("does not read"))
                        && System.nanoTime() < deadline) {
                    client.send(ApiKeys.METADATA, 12, all);
                }
            } catch (IOException e) {
                // it was cut off
            }
            assertThat(said).anyMatch(line -> line.contains("it does not read its response"));
        }
    }

    @Test
    void moreConnectionsThanAllowedAreClosedAndTheOthersGoOn() throws IOException {
        try (Served served = serve("kafka.max.connections", "1");
                RawClient first = RawClient.of(served)) {
            int id = first.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
            assertThat(first.receive(ApiKeys.API_VERSIONS, 0, id)).isNotNull();
            try (RawClient second = RawClient.of(served)) {
                assertThat(second.receive()).isNull();
            }
            assertThat(said).anyMatch(line -> line.contains("kafka.max.connections"));
            id = first.send(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
            assertThat(first.receive(ApiKeys.API_VERSIONS, 0, id)).isNotNull();
        }
    }
}
