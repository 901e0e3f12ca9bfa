package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.kafka.internal.data.TopicIds;
import dev.millrace.kafka.internal.protocol.Api;
import dev.millrace.log.TopicSpec;
import dev.millrace.testkit.crash.Seeds;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hostile, broken and slow clients: each is answered or cut off, nothing of them is left behind,
 * and who behaves is served beside them as if they were not there.
 */
@Timeout(300)
class FuzzTest {
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 60;
    private static final int LAST_ID = 0x7eadbeef;
    private static final int REQUESTS_PER_VERSION = 12;
    private static final byte[] LAST =
            RawClient.request(
                    ApiKeys.API_VERSIONS, (short) 0, LAST_ID, new ApiVersionsRequestData());
    private static final Logger SERVER = Logger.getLogger("dev.millrace.kafka");

    @TempDir private Path directory;

    private final ConcurrentLinkedQueue<String> defects = new ConcurrentLinkedQueue<>();
    private final Handler watching =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                        Throwable thrown = line.getThrown();
                        defects.add(
                                line.getMessage()
                                        + ": "
                                        + thrown
                                        + (thrown == null
                                                ? ""
                                                : " at "
                                                        + Arrays.stream(thrown.getStackTrace())
                                                                .limit(6)
                                                                .toList()));
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    private static KafkaServerOptions impatient() {
        return KafkaServerOptions.of(
                Map.of(
                        "kafka.connections.max.stall.ms", "700",
                        "kafka.socket.request.max.bytes", "1048576",
                        "kafka.queued.max.request.bytes", "4194304",
                        "kafka.group.min.session.timeout.ms", "1",
                        "kafka.group.max.session.timeout.ms", "500",
                        "kafka.group.initial.rebalance.delay.ms", "10"));
    }

    static List<Long> seeds() {
        return List.of(1L, Seeds.seed(FuzzTest.class));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void hostileClientsHarmNobody(long seed) throws Exception {
        SERVER.addHandler(watching);
        SERVER.setUseParentHandlers(false);
        try (Served served = Served.in(directory, impatient())) {
            List<Uuid> ids = new ArrayList<>(List.of(Uuid.ZERO_UUID, Uuid.randomUuid()));
            ids.add(TopicIds.of(served.log.createTopic(TopicSpec.named("orders").partitions(2))));
            served.log.createTopic(TopicSpec.named("latest").config("cleanup.policy", "compact"));
            served.log.createTopic(TopicSpec.named("healthy"));
            try (HealthyTraffic traffic = new HealthyTraffic(served)) {
                attack(served, seed, ids);
                traffic.requireEverythingThere();
            }
            awaitNothingLeft(served);
            assertThat(defects).as("seed %d", seed).isEmpty();
        } finally {
            SERVER.removeHandler(watching);
            SERVER.setUseParentHandlers(true);
        }
    }

    /** No field of any version may keep an answer from being written. */
    @Test
    void everyVersionOfEveryRequestIsAnsweredWhateverItsFieldsSay() throws Exception {
        SERVER.addHandler(watching);
        SERVER.setUseParentHandlers(false);
        try (Served served = Served.in(directory, impatient())) {
            List<Uuid> ids = new ArrayList<>(List.of(Uuid.ZERO_UUID));
            ids.add(TopicIds.of(served.log.createTopic(TopicSpec.named("orders").partitions(2))));
            RandomRequests requests = new RandomRequests(7, ids);
            for (Api api : served.server.apis()) {
                for (short version = api.least(); version <= api.most(); version++) {
                    for (int i = 0; i < REQUESTS_PER_VERSION; i++) {
                        try (RawClient client = RawClient.of(served)) {
                            answeredOrClosed(client, requests.of(api.key(), version));
                        } catch (IOException | RuntimeException e) {
                            throw new AssertionError(
                                    "%s of version %d: %s".formatted(api.key(), version, e), e);
                        }
                    }
                    assertThat(defects).as("%s, version %d", api.key(), version).isEmpty();
                }
            }
            awaitNothingLeft(served);
        } finally {
            SERVER.removeHandler(watching);
            SERVER.setUseParentHandlers(true);
        }
    }

    private void attack(Served served, long seed, List<Uuid> ids) throws Exception {
        List<Api> apis = served.server.apis();
        List<Future<?>> clients = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (int i = 0; i < CLIENTS; i++) {
                long own = seed * 1000 + i;
                clients.add(
                        threads.submit(
                                () -> {
                                    RandomRequests requests = new RandomRequests(own, ids);
                                    for (int round = 0; round < ROUNDS; round++) {
                                        try {
                                            attack(served, requests, apis);
                                        } catch (IOException | RuntimeException e) {
                                            throw new AssertionError(
                                                    "seed %d, round %d: %s"
                                                            .formatted(own, round, e),
                                                    e);
                                        }
                                    }
                                    return null;
                                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        }
    }

    private static void attack(Served served, RandomRequests requests, List<Api> apis)
            throws IOException {
        try (RawClient client = RawClient.of(served)) {
            switch (requests.nextInt(12)) {
                case 0 -> client.raw(requests.garbage());
                case 1 -> client.raw("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                case 2 -> client.raw(ByteBuffer.allocate(4).putInt(badLength(requests)).array());
                case 3 -> halfARequest(client, requests.any(apis));
                case 4 -> slowly(client, requests.any(apis));
                case 5 -> neverReading(client, requests, apis);
                case 6, 7, 8 -> answeredOrClosed(client, requests, apis, true);
                default -> answeredOrClosed(client, requests, apis, false);
            }
        }
    }

    private static int badLength(RandomRequests requests) {
        int[] lengths = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20 | 1, 0, 1, 7};
        return lengths[requests.nextInt(lengths.length)];
    }

    /** A request that never ends is cut off. */
    private static void halfARequest(RawClient client, byte[] request) throws IOException {
        client.raw(
                ByteBuffer.allocate(4 + request.length / 2)
                        .putInt(request.length)
                        .put(request, 0, request.length / 2)
                        .array());
        assertThat(client.receive()).isNull();
    }

    private static void slowly(RawClient client, byte[] request) throws IOException {
        byte[] frame =
                ByteBuffer.allocate(4 + request.length).putInt(request.length).put(request).array();
        try {
            for (int i = 0; i < Math.min(frame.length, 30); i++) {
                client.raw(new byte[] {frame[i]});
                Thread.sleep(1);
            }
        } catch (IOException e) {
            // cut off
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who asks and asks and takes no answer is cut off, at the latest when we go. */
    private static void neverReading(RawClient client, RandomRequests requests, List<Api> apis) {
        try {
            for (int i = 0; i < 300; i++) {
                client.frame(requests.any(apis));
            }
        } catch (IOException e) {
            // cut off
        }
    }

    private static void answeredOrClosed(
            RawClient client, RandomRequests requests, List<Api> apis, boolean damaged)
            throws IOException {
        for (int i = 0; i < 10; i++) {
            byte[] request = requests.any(apis);
            if (!answeredOrClosed(client, damaged ? requests.mutated(request) : request)) {
                return;
            }
        }
    }

    /**
     * Sends a request, and one behind it that is always answered, for not every request is.
     *
     * @return false where the connection was closed instead, with a reason in the server's log
     */
    private static boolean answeredOrClosed(RawClient client, byte[] request) throws IOException {
        try {
            client.frame(request);
            client.frame(LAST);
        } catch (SocketException e) {
            return false;
        }
        byte[] response = client.receive();
        while (response != null && ByteBuffer.wrap(response).getInt() != LAST_ID) {
            response = client.receive();
        }
        return response != null;
    }

    private static void awaitNothingLeft(Served served) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while ((served.server.connections() > 0 || served.server.requestBytes() > 0)
                && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(served.server.connections()).as("connections").isZero();
        assertThat(served.server.requestBytes()).as("bytes of requests").isZero();
    }
}
