package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the users of Kafka's own clients are shown where they ask for what is not supported. */
@Timeout(120)
class UnsupportedTest {
    @TempDir private Path directory;
    private Served served;

    @BeforeEach
    void serve() {
        served = Served.in(directory);
    }

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void aTransactionalProducerIsToldSoAtOnce() throws IOException {
        try (KafkaProducer<String, String> producer =
                served.producer("transactional.id", "transfers")) {
            assertThatThrownBy(producer::initTransactions)
                    .isInstanceOf(KafkaException.class)
                    .hasStackTraceContaining("transactions and share groups are not supported");
        }
        try (RawClient client = RawClient.of(served)) {
            InitProducerIdResponseData response =
                    client.ask(
                            InitProducerIdResponseData.class,
                            ApiKeys.INIT_PRODUCER_ID,
                            4,
                            new InitProducerIdRequestData()
                                    .setTransactionalId("transfers")
                                    .setTransactionTimeoutMs(1000));
            assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
        }
    }

    @Test
    void aConsumerOfTheNewGroupProtocolIsToldSoAtOnce() {
        try (KafkaConsumer<String, String> consumer =
                served.consumer("group.id", "g", "group.protocol", "consumer")) {
            consumer.subscribe(List.of("orders"));
            assertThatThrownBy(() -> pollUntilItFails(consumer))
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessageContaining("group.protocol=classic");
        }
    }

    private static void pollUntilItFails(KafkaConsumer<String, String> consumer) {
        for (int i = 0; i < 100; i++) {
            consumer.poll(Duration.ofMillis(200));
        }
    }

    @Test
    void aShareConsumerIsToldSoAtOnce() {
        try (ShareConsumer<String, String> consumer =
                new KafkaShareConsumer<>(
                        served.settings("group.id", "g"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    consumer.poll(Duration.ofMillis(200));
                                }
                            })
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessageContaining("share group");
        }
    }

    @Test
    void aClientThatWantsToSignInIsToldThatItCannot() {
        Map<String, Object> settings =
                served.settings(
                        "security.protocol",
                        "SASL_PLAINTEXT",
                        "sasl.mechanism",
                        "PLAIN",
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"p\";");
        try (Admin admin = Admin.create(settings)) {
            assertThatThrownBy(() -> admin.listTopics().names().get())
                    .cause()
                    .isInstanceOf(UnsupportedSaslMechanismException.class)
                    .hasMessageContaining("PLAIN");
        }
    }

    @Test
    void anAdminClientIsToldWhichRequestIsNotSupported() {
        try (Admin admin = served.admin()) {
            unsupported("DESCRIBE_ACLS", admin.describeAcls(AclBindingFilter.ANY).values());
            unsupported(
                    "DESCRIBE_CLIENT_QUOTAS",
                    admin.describeClientQuotas(ClientQuotaFilter.all()).entities());
            unsupported("LIST_TRANSACTIONS", admin.listTransactions().all());
            unsupported(
                    "LIST_PARTITION_REASSIGNMENTS",
                    admin.listPartitionReassignments(Set.of(new TopicPartition("orders", 0)))
                            .reassignments());
            unsupported(
                    "DESCRIBE_USER_SCRAM_CREDENTIALS", admin.describeUserScramCredentials().all());
            unsupported("DESCRIBE_QUORUM", admin.describeMetadataQuorum().quorumInfo());
        }
    }

    private static void unsupported(String api, KafkaFuture<?> future) {
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(UnsupportedVersionException.class)
                .hasMessageContaining(api);
    }
}
