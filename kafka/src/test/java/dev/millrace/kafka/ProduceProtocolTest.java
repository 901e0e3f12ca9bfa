package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogRecord;
import dev.millrace.log.ProducerId;
import dev.millrace.log.RecordBatch;
import dev.millrace.log.TopicPartition;
import dev.millrace.log.TopicSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Produce answers to batches that are right, wrong, old, damaged, or sent again. */
class ProduceProtocolTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final int VERSION = 12;
    private static final int MAGIC = 16;

    @TempDir private Path directory;
    private Served served;
    private RawClient client;

    @BeforeEach
    void serve() throws IOException {
        served = Served.in(directory);
        served.log.createTopic(TopicSpec.named("orders"));
        served.log.createTopic(TopicSpec.named("latest").config("cleanup.policy", "compact"));
        client = RawClient.of(served);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        served.close();
    }

    private static byte[] batch(String... values) {
        return batch(UnaryOperator.identity(), values);
    }

    private static byte[] batch(UnaryOperator<RecordBatch.Builder> change, String... values) {
        RecordBatch.Builder builder = change.apply(RecordBatch.builder());
        for (String value : values) {
            builder.add(LogRecord.of("k", value));
        }
        ByteBuffer batch = builder.build().buffer();
        byte[] bytes = new byte[batch.remaining()];
        batch.get(bytes);
        return bytes;
    }

    private static RecordBatch.Builder by(
            RecordBatch.Builder builder, ProducerId producer, int sequence) {
        return builder.producer(producer.id(), producer.epoch(), sequence);
    }

    private static ProduceRequestData request(String topic, int partition, byte[] records) {
        PartitionProduceData data =
                new PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(
                                records == null
                                        ? null
                                        : MemoryRecords.readableRecords(ByteBuffer.wrap(records)));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData()
                .add(new TopicProduceData().setName(topic).setPartitionData(List.of(data)));
        return request;
    }

    private PartitionProduceResponse produce(int version, ProduceRequestData request)
            throws IOException {
        return client.ask(ProduceResponseData.class, ApiKeys.PRODUCE, version, request)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst();
    }

    private PartitionProduceResponse produce(String topic, int partition, byte[] records)
            throws IOException {
        return produce(VERSION, request(topic, partition, records));
    }

    private void refused(Errors error, PartitionProduceResponse response) {
        assertThat(Errors.forCode(response.errorCode())).isEqualTo(error);
        assertThat(response.baseOffset()).isEqualTo(-1);
        assertThat(response.errorMessage()).isNotBlank();
        assertThat(served.log.latestOffset(ORDERS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyVersionAnswersTheOffset(int version) throws IOException {
        assertThat(produce(version, request("orders", 0, batch("a", "b"))).baseOffset()).isZero();
        PartitionProduceResponse second = produce(version, request("orders", 0, batch("c")));
        assertThat(second.errorCode()).isZero();
        assertThat(second.baseOffset()).isEqualTo(2);
        assertThat(served.log.latestOffset(ORDERS)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void versionsOfOldFormatsCloseTheConnection(int version) throws IOException {
        byte[] frame =
                RawClient.request(ApiKeys.PRODUCE, (short) 3, 1, request("orders", 0, batch("a")));
        ByteBuffer.wrap(frame).putShort(2, (short) version);
        client.frame(frame);
        assertThat(client.receive()).isNull();
    }

    @Test
    void aDamagedBatchIsToBeSentAgain() throws IOException {
        byte[] batch = batch("a");
        batch[batch.length - 1] ^= 1;
        refused(Errors.CORRUPT_MESSAGE, produce("orders", 0, batch));
    }

    @Test
    void whatIsNoBatchIsRefused() throws IOException {
        refused(Errors.INVALID_RECORD, produce("orders", 0, null));
        refused(Errors.INVALID_RECORD, produce("orders", 0, new byte[0]));
        refused(Errors.INVALID_RECORD, produce("orders", 0, new byte[5]));
        byte[] batch = batch("a");
        refused(
                Errors.INVALID_RECORD,
                produce("orders", 0, Arrays.copyOf(batch, batch.length - 1)));
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 1, 3})
    void otherFormatsAreRefusedByName(byte magic) throws IOException {
        byte[] batch = batch("a");
        batch[MAGIC] = magic;
        PartitionProduceResponse response = produce("orders", 0, batch);
        refused(Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT, response);
        assertThat(response.errorMessage()).contains("format " + magic);
    }

    @Test
    void severalBatchesForAPartitionAreRefused() throws IOException {
        byte[] one = batch("a");
        byte[] two = ByteBuffer.allocate(2 * one.length).put(one).put(one).array();
        refused(Errors.INVALID_RECORD, produce("orders", 0, two));
    }

    @Test
    void aCompactedTopicTakesNoRecordWithoutAKey() throws IOException {
        ByteBuffer keyless =
                RecordBatch.builder().add(LogRecord.of((String) null, "no key")).build().buffer();
        byte[] bytes = new byte[keyless.remaining()];
        keyless.get(bytes);
        refused(Errors.INVALID_RECORD, produce("latest", 0, bytes));
        assertThat(produce("orders", 0, bytes).errorCode()).isZero();
    }

    @Test
    void placesThatAreNotThereAreRefused() throws IOException {
        refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, produce("nothing", 0, batch("a")));
        refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, produce("orders", 1, batch("a")));
        refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, produce("orders", -1, batch("a")));
        refused(Errors.INVALID_TOPIC_EXCEPTION, produce("__topics", 0, batch("a")));
        refused(Errors.INVALID_TOPIC_EXCEPTION, produce("__consumer_offsets", 0, batch("a")));
    }

    @Test
    void aTooLargeRecordIsRefused() throws IOException {
        refused(Errors.MESSAGE_TOO_LARGE, produce("orders", 0, batch("a".repeat(2 << 20))));
    }

    @Test
    void acknowledgementsAreNoneOneOrAll() throws IOException {
        ProduceRequestData two = request("orders", 0, batch("a")).setAcks((short) 2);
        refused(Errors.INVALID_REQUIRED_ACKS, produce(VERSION, two));
    }

    @Test
    void transactionsAreRefused() throws IOException {
        ProduceRequestData named = request("orders", 0, batch("a")).setTransactionalId("transfers");
        PartitionProduceResponse response = produce(VERSION, named);
        assertThat(response.errorMessage()).contains("transactions are not supported");
        assertThat(served.log.latestOffset(ORDERS)).isZero();
    }

    @Test
    void aBatchSentAgainIsAnsweredWithItsFirstOffset() throws IOException {
        ProducerId producer = served.log.newProducer();
        byte[] first = batch(b -> by(b, producer, 0), "a", "b");
        byte[] second = batch(b -> by(b, producer, 2), "c");
        assertThat(produce("orders", 0, first).baseOffset()).isZero();
        assertThat(produce("orders", 0, second).baseOffset()).isEqualTo(2);
        assertThat(produce("orders", 0, first).baseOffset()).isZero();
        assertThat(produce("orders", 0, second).baseOffset()).isEqualTo(2);
        assertThat(served.log.latestOffset(ORDERS)).isEqualTo(3);

        byte[] gap = batch(b -> by(b, producer, 9), "x");
        assertThat(Errors.forCode(produce("orders", 0, gap).errorCode()))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        byte[] next = batch(b -> by(b, producer.nextEpoch(), 0), "d");
        assertThat(produce("orders", 0, next).baseOffset()).isEqualTo(3);
        byte[] late = batch(b -> by(b, producer, 3), "x");
        assertThat(Errors.forCode(produce("orders", 0, late).errorCode()))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void whoWantsNoAcknowledgementGetsTheNextAnswerOnly() throws IOException {
        client.send(ApiKeys.PRODUCE, VERSION, request("orders", 0, batch("a")).setAcks((short) 0));
        MetadataResponseData metadata =
                client.ask(
                        MetadataResponseData.class,
                        ApiKeys.METADATA,
                        12,
                        new MetadataRequestData().setTopics(null));
        assertThat(metadata.brokers()).hasSize(1);
        assertThat(served.log.latestOffset(ORDERS)).isEqualTo(1);

        client.send(ApiKeys.PRODUCE, VERSION, request("nothing", 0, batch("a")).setAcks((short) 0));
        assertThat(client.receive()).isNull();
    }

    @Test
    void requestsThatAreSentTogetherAreAnsweredInTheirOrder() throws IOException {
        int[] ids = new int[100];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = client.send(ApiKeys.PRODUCE, VERSION, request("orders", 0, batch("v" + i)));
        }
        for (int i = 0; i < ids.length; i++) {
            ProduceResponseData response =
                    (ProduceResponseData) client.receive(ApiKeys.PRODUCE, VERSION, ids[i]);
            assertThat(
                            response.responses()
                                    .iterator()
                                    .next()
                                    .partitionResponses()
                                    .getFirst()
                                    .baseOffset())
                    .isEqualTo(i);
        }
    }
}
