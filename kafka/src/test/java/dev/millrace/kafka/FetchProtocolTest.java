package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Compression;
import dev.millrace.log.LogRecord;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Fetch answers, field by field, and when. */
class FetchProtocolTest {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);
    private static final int LATEST_VERSION = 16;
    private static final int LONG_MILLIS = 15_000;

    @TempDir private Path directory;
    private Served served;
    private RawClient client;
    private Uuid id;

    @BeforeEach
    void serve() throws IOException {
        served = Served.in(directory);
        var topic = served.log.createTopic(TopicSpec.named("orders").partitions(2));
        id = new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
        client = RawClient.of(served);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        served.close();
    }

    private void append(TopicPartition partition, int records, int valueBytes) {
        List<LogRecord> all =
                java.util.stream.IntStream.range(0, records)
                        .mapToObj(i -> LogRecord.of(null, new byte[valueBytes]))
                        .toList();
        served.log.append(partition, RecordBatch.of(all, Compression.NONE)).join();
    }

    private FetchRequestData request(int version, int minBytes, int maxWait) {
        FetchTopic topic = new FetchTopic();
        if (version < 13) {
            topic.setTopic("orders");
        } else {
            topic.setTopicId(id);
        }
        for (int i = 0; i < 2; i++) {
            topic.partitions()
                    .add(new FetchPartition().setPartition(i).setPartitionMaxBytes(1 << 20));
        }
        return new FetchRequestData()
                .setMinBytes(minBytes)
                .setMaxWaitMs(maxWait)
                .setTopics(List.of(topic));
    }

    private static FetchPartition partition(FetchRequestData request, int index) {
        return request.topics().getFirst().partitions().get(index);
    }

    private FetchResponseData fetch(int version, FetchRequestData request) throws IOException {
        int sent = client.send(ApiKeys.FETCH, version, request);
        return (FetchResponseData) client.receive(ApiKeys.FETCH, version, sent);
    }

    private static PartitionData partition(FetchResponseData response, int index) {
        return response.responses().getFirst().partitions().get(index);
    }

    private static int sizeInBytes(PartitionData data) {
        return data.records().sizeInBytes();
    }

    private static List<Long> offsets(PartitionData data) {
        List<Long> offsets = new java.util.ArrayList<>();
        for (Record record : ((MemoryRecords) data.records()).records()) {
            offsets.add(record.offset());
        }
        return offsets;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void everyVersionGivesTheRecordsAndWhereTheyEnd(int version) throws IOException {
        append(FIRST, 3, 10);
        append(SECOND, 2, 20_000);
        FetchResponseData response = fetch(version, request(version, 1, 0));
        FetchableTopicResponse topic = response.responses().getFirst();
        assertThat(version < 13 ? topic.topic() : topic.topicId().toString())
                .isEqualTo(version < 13 ? "orders" : id.toString());
        assertThat(response.sessionId()).isZero();
        for (int i = 0; i < 2; i++) {
            PartitionData data = partition(response, i);
            assertThat(data.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(data.partitionIndex()).isEqualTo(i);
            assertThat(data.highWatermark()).isEqualTo(3 - i);
            assertThat(data.lastStableOffset()).isEqualTo(3 - i);
            assertThat(data.logStartOffset()).isEqualTo(version < 5 ? -1 : 0);
        }
        assertThat(offsets(partition(response, 0))).containsExactly(0L, 1L, 2L);
        assertThat(offsets(partition(response, 1))).containsExactly(0L, 1L);
    }

    @Test
    void anOffsetWithinABatchGivesTheWholeBatch() throws IOException {
        append(FIRST, 5, 10);
        FetchRequestData request = request(LATEST_VERSION, 1, 0);
        partition(request, 0).setFetchOffset(3);
        assertThat(offsets(partition(fetch(LATEST_VERSION, request), 0)))
                .containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void theFirstBatchComesWholeHoweverLargeAndNoOtherThatDoesNotFit() throws IOException {
        append(FIRST, 1, 50_000);
        append(FIRST, 1, 50_000);
        append(SECOND, 1, 10);
        FetchRequestData request = request(LATEST_VERSION, 1, 0).setMaxBytes(1);
        FetchResponseData response = fetch(LATEST_VERSION, request);
        assertThat(offsets(partition(response, 0))).containsExactly(0L);
        assertThat(sizeInBytes(partition(response, 1))).isZero();

        request.setMaxBytes(1 << 20);
        partition(request, 0).setPartitionMaxBytes(1);
        response = fetch(LATEST_VERSION, request);
        assertThat(offsets(partition(response, 0))).containsExactly(0L);
        assertThat(offsets(partition(response, 1))).containsExactly(0L);
    }

    @Test
    void waitsForARecordAndAnswersAsSoonAsItComes() throws IOException {
        int sent =
                client.send(ApiKeys.FETCH, LATEST_VERSION, request(LATEST_VERSION, 1, LONG_MILLIS));
        CompletableFuture<Void> appended =
                CompletableFuture.runAsync(
                        () -> append(SECOND, 1, 10),
                        CompletableFuture.delayedExecutor(
                                300, java.util.concurrent.TimeUnit.MILLISECONDS));
        long begun = System.nanoTime();
        FetchResponseData response =
                (FetchResponseData) client.receive(ApiKeys.FETCH, LATEST_VERSION, sent);
        appended.join();
        assertThat(offsets(partition(response, 1))).containsExactly(0L);
        assertThat(System.nanoTime() - begun)
                .as("nanoseconds, of %d ms that it would have waited", LONG_MILLIS)
                .isLessThan(LONG_MILLIS * 700_000L);
    }

    @Test
    void aServerThatIsClosedWaitsForAFetchNoLongerThanItIsToldTo() throws IOException {
        var _ = client.send(ApiKeys.FETCH, LATEST_VERSION, request(LATEST_VERSION, 1, LONG_MILLIS));
        long begun = System.nanoTime();
        served.server.close(Duration.ofMillis(50));
        assertThat(client.receive()).as("the end of the connection").isNull();
        assertThat(System.nanoTime() - begun)
                .as("nanoseconds, of %d ms that the fetch would have waited", LONG_MILLIS)
                .isLessThan(LONG_MILLIS * 700_000L);
    }

    @Test
    void waitsForAsManyBytesAsAreWanted() throws IOException {
        append(FIRST, 1, 100);
        FetchRequestData request = request(LATEST_VERSION, 5_000, LONG_MILLIS);
        int sent = client.send(ApiKeys.FETCH, LATEST_VERSION, request);
        append(FIRST, 1, 100);
        append(SECOND, 1, 6_000);
        FetchResponseData response =
                (FetchResponseData) client.receive(ApiKeys.FETCH, LATEST_VERSION, sent);
        int bytes = sizeInBytes(partition(response, 0)) + sizeInBytes(partition(response, 1));
        assertThat(bytes).isGreaterThanOrEqualTo(5_000);
    }

    @Test
    void answersWithWhatThereIsWhenTimeIsUp() throws IOException {
        append(FIRST, 1, 100);
        FetchResponseData response = fetch(LATEST_VERSION, request(LATEST_VERSION, 5_000, 200));
        assertThat(offsets(partition(response, 0))).containsExactly(0L);
    }

    @Test
    void whatCannotBeReadIsToldOfItsPartitionAlone() throws IOException {
        append(SECOND, 1, 10);
        FetchRequestData request = request(LATEST_VERSION, 1, LONG_MILLIS);
        partition(request, 0).setFetchOffset(7);
        FetchResponseData response = fetch(LATEST_VERSION, request);
        assertThat(partition(response, 0).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        assertThat(offsets(partition(response, 1))).containsExactly(0L);
    }

    @Test
    void otherEpochsAreRefused() throws IOException {
        FetchRequestData request = request(LATEST_VERSION, 1, LONG_MILLIS);
        partition(request, 0).setCurrentLeaderEpoch(9);
        partition(request, 1).setCurrentLeaderEpoch(0);
        FetchResponseData response = fetch(LATEST_VERSION, request);
        assertThat(partition(response, 0).errorCode())
                .isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
        assertThat(partition(response, 1).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void topicsThatAreNotThereAreNamedSo() throws IOException {
        FetchRequestData request = request(LATEST_VERSION, 1, LONG_MILLIS);
        request.topics().getFirst().setTopicId(Uuid.randomUuid());
        assertThat(partition(fetch(LATEST_VERSION, request), 0).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        request = request(12, 1, LONG_MILLIS);
        request.topics().getFirst().setTopic("nowhere");
        assertThat(partition(fetch(12, request), 0).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void aSessionIsNotKnown() throws IOException {
        FetchRequestData request = request(LATEST_VERSION, 1, 0).setSessionId(5).setSessionEpoch(1);
        assertThat(fetch(LATEST_VERSION, request).errorCode())
                .isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void whatIsServedIsWhatIsStored() throws IOException {
        append(FIRST, 40, 1_000);
        append(FIRST, 2, 10);
        PartitionData data = partition(fetch(LATEST_VERSION, request(LATEST_VERSION, 1, 0)), 0);
        ByteBuffer sent = ((MemoryRecords) data.records()).buffer();
        try (var reader = served.log.readBatches(FIRST, 0)) {
            assertThat(reader.next(1 << 20)).isTrue();
            assertThat(sent).isEqualTo(reader.batches());
        }
    }
}
