package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.Durability;
import dev.millrace.log.LocalLog;
import dev.millrace.log.LogOptions;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kafka's own admin client: topics, configurations, the cluster. */
class AdminTest {
    private static final short ONE = 1;

    @TempDir private Path directory;
    private Served served;
    private Admin admin;

    @BeforeEach
    void serve() {
        served = Served.in(directory, KafkaServerOptions.of(Map.of("kafka.num.partitions", "3")));
        admin = served.admin();
    }

    @AfterEach
    void close() {
        admin.close();
        served.close();
    }

    private void create(NewTopic topic) throws Exception {
        admin.createTopics(List.of(topic)).all().get();
    }

    private static <E extends ApiException> void refused(
            Class<E> as, String saying, KafkaFuture<?> future) {
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(as)
                .hasMessageContaining(saying);
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private Config config(ConfigResource resource) throws Exception {
        return admin.describeConfigs(List.of(resource)).values().get(resource).get();
    }

    private String value(String topic, String key) throws Exception {
        return config(topic(topic)).get(key).value();
    }

    private KafkaFuture<Void> alter(String topic, AlterConfigOp... changes) {
        return admin.incrementalAlterConfigs(Map.of(topic(topic), List.of(changes))).all();
    }

    private static AlterConfigOp op(OpType type, String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), type);
    }

    private void produce(String topic, int records) throws Exception {
        try (KafkaProducer<String, String> producer = served.producer()) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, 0, "k" + i, "v" + i)).get();
            }
        }
    }

    @Test
    void createsTopicsAsAskedAndSaysWhatTheyAre() throws Exception {
        CreateTopicsResult created =
                admin.createTopics(
                        List.of(
                                new NewTopic("four", 4, ONE)
                                        .configs(Map.of("retention.ms", "60000")),
                                new NewTopic("usual", Optional.empty(), Optional.empty()),
                                new NewTopic("placed", Map.of(0, List.of(0), 1, List.of(0)))));
        created.all().get();
        assertThat(created.numPartitions("four").get()).isEqualTo(4);
        assertThat(created.numPartitions("usual").get()).isEqualTo(3);
        assertThat(created.numPartitions("placed").get()).isEqualTo(2);
        assertThat(created.replicationFactor("usual").get()).isEqualTo(1);
        assertThat(created.config("four").get().get("retention.ms").value()).isEqualTo("60000");
        assertThat(admin.listTopics().names().get())
                .containsExactlyInAnyOrder("four", "usual", "placed");

        Map<String, TopicDescription> described =
                admin.describeTopics(List.of("four", "usual")).allTopicNames().get();
        assertThat(described.get("four").topicId()).isEqualTo(created.topicId("four").get());
        assertThat(described.get("four").partitions())
                .extracting(TopicPartitionInfo::partition)
                .containsExactly(0, 1, 2, 3);
        assertThat(described.get("four").partitions().getFirst().leader().id()).isZero();
        assertThat(described.get("four").isInternal()).isFalse();
    }

    @Test
    void refusesATopicThatCannotBeAndSaysWhy() throws Exception {
        create(new NewTopic("orders", 1, ONE));
        refused(
                InvalidReplicationFactorException.class,
                "there is one node",
                create1(new NewTopic("t", 1, (short) 3)));
        refused(TopicExistsException.class, "orders", create1(new NewTopic("orders", 1, ONE)));
        refused(InvalidPartitionsException.class, "0", create1(new NewTopic("t", 0, ONE)));
        refused(InvalidTopicException.class, "letters", create1(new NewTopic("a b", 1, ONE)));
        refused(InvalidTopicException.class, "own", create1(new NewTopic("__mine", 1, ONE)));
        refused(
                InvalidReplicaAssignmentException.class,
                "node 0",
                create1(new NewTopic("t", Map.of(0, List.of(1)))));
        refused(
                InvalidReplicaAssignmentException.class,
                "0 to 1",
                create1(new NewTopic("t", Map.of(0, List.of(0), 2, List.of(0)))));
        refused(
                InvalidConfigurationException.class,
                "retention.ms",
                create1(new NewTopic("t", 1, ONE).configs(Map.of("retention.mss", "1"))));
        assertThat(admin.listTopics().names().get()).containsExactly("orders");
    }

    private KafkaFuture<Void> create1(NewTopic topic) {
        return admin.createTopics(List.of(topic)).all();
    }

    @Test
    void onlyLooksWhereOnlyLookingIsWanted() throws Exception {
        create(new NewTopic("orders", 1, ONE));
        CreateTopicsOptions look = new CreateTopicsOptions().validateOnly(true);
        CreateTopicsResult well = admin.createTopics(List.of(new NewTopic("t", 2, ONE)), look);
        assertThat(well.numPartitions("t").get()).isEqualTo(2);
        for (NewTopic bad :
                List.of(
                        new NewTopic("orders", 1, ONE),
                        new NewTopic("__t", 1, ONE),
                        new NewTopic("t", 1_000_000, ONE),
                        new NewTopic("t", 1, ONE).configs(Map.of("segment.bytes", "1")))) {
            assertThatThrownBy(() -> admin.createTopics(List.of(bad), look).all().get())
                    .as("%s", bad)
                    .cause()
                    .isInstanceOf(ApiException.class);
        }
        admin.createPartitions(
                        Map.of("orders", NewPartitions.increaseTo(5)),
                        new CreatePartitionsOptions().validateOnly(true))
                .all()
                .get();
        admin.incrementalAlterConfigs(
                        Map.of(topic("orders"), List.of(op(OpType.SET, "retention.ms", "7"))),
                        new AlterConfigsOptions().validateOnly(true))
                .all()
                .get();
        assertThat(admin.listTopics().names().get()).containsExactly("orders");
        assertThat(served.log.describeTopic("orders").partitions()).isEqualTo(1);
        assertThat(value("orders", "retention.ms")).isEqualTo("-1");
    }

    @Test
    void deletesTopicsByNameAndById() throws Exception {
        create(new NewTopic("one", 1, ONE));
        create(new NewTopic("two", 1, ONE));
        Uuid id = admin.describeTopics(List.of("two")).topicNameValues().get("two").get().topicId();
        admin.deleteTopics(List.of("one")).all().get();
        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get();
        assertThat(admin.listTopics().names().get()).isEmpty();
        refused(
                UnknownTopicOrPartitionException.class,
                "",
                admin.deleteTopics(List.of("one")).all());
        refused(
                UnknownTopicIdException.class,
                "",
                admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
    }

    @Test
    void givesATopicMorePartitionsAndNeverFewer() throws Exception {
        create(new NewTopic("orders", 2, ONE));
        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(4))).all().get();
        assertThat(served.log.describeTopic("orders").partitions()).isEqualTo(4);
        refused(
                InvalidPartitionsException.class,
                "4 partitions",
                admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(3))).all());
        refused(
                InvalidReplicaAssignmentException.class,
                "node 0",
                admin.createPartitions(
                                Map.of("orders", NewPartitions.increaseTo(5, List.of(List.of(7)))))
                        .all());
        refused(
                UnknownTopicOrPartitionException.class,
                "nothing",
                admin.createPartitions(Map.of("nothing", NewPartitions.increaseTo(3))).all());
    }

    @Test
    void deletesRecordsUpToAnOffset() throws Exception {
        create(new NewTopic("orders", 1, ONE));
        create(new NewTopic("latest", 1, ONE).configs(Map.of("cleanup.policy", "compact")));
        produce("orders", 10);
        TopicPartition orders = new TopicPartition("orders", 0);
        assertThat(delete(orders, 4).get()).isEqualTo(4);
        assertThat(
                        admin.listOffsets(Map.of(orders, OffsetSpec.earliest()))
                                .partitionResult(orders)
                                .get()
                                .offset())
                .isEqualTo(4);
        refused(OffsetOutOfRangeException.class, "", delete(orders, 11));
        assertThat(delete(orders, -1).get()).isEqualTo(10);
        refused(PolicyViolationException.class, "", delete(new TopicPartition("latest", 0), -1));
        refused(InvalidTopicException.class, "", delete(new TopicPartition("__topics", 0), -1));
    }

    private KafkaFuture<Long> delete(TopicPartition partition, long before) {
        return admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                .lowWatermarks()
                .get(partition)
                .thenApply(deleted -> deleted.lowWatermark());
    }

    @Test
    void describesAConfigurationWithItsSources() throws Exception {
        create(new NewTopic("orders", 1, ONE).configs(Map.of("retention.ms", "60000")));
        Config config =
                admin.describeConfigs(
                                List.of(topic("orders")),
                                new DescribeConfigsOptions()
                                        .includeSynonyms(true)
                                        .includeDocumentation(true))
                        .all()
                        .get()
                        .get(topic("orders"));
        ConfigEntry retention = config.get("retention.ms");
        assertThat(retention.source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThat(retention.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::value)
                .containsExactly("60000", "-1");
        assertThat(retention.documentation()).contains("Milliseconds");
        assertThat(config.get("segment.bytes").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        assertThat(config.get("cleanup.policy").type()).isEqualTo(ConfigEntry.ConfigType.LIST);
        assertThat(config.get("compression.type").value()).isEqualTo("producer");
        assertThat(config.get("compression.type").isReadOnly()).isTrue();
        assertThat(config.get("millrace.compression.type").value()).isEqualTo("none");
        assertThat(config.get("flush.messages").value()).isEqualTo("1");
        assertThat(config.get("min.insync.replicas").value()).isEqualTo("1");
    }

    @Test
    void describesTheBroker() throws Exception {
        Config config = config(new ConfigResource(ConfigResource.Type.BROKER, "0"));
        assertThat(config.get("num.partitions").value()).isEqualTo("3");
        assertThat(config.get("num.partitions").source())
                .isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(config.get("auto.create.topics.enable").value()).isEqualTo("true");
        assertThat(config.get("default.replication.factor").value()).isEqualTo("1");
        assertThat(config.entries()).allMatch(ConfigEntry::isReadOnly);
        refused(
                InvalidRequestException.class,
                "cannot be altered",
                admin.incrementalAlterConfigs(
                                Map.of(
                                        new ConfigResource(ConfigResource.Type.BROKER, "0"),
                                        List.of(op(OpType.SET, "num.partitions", "4"))))
                        .all());
    }

    @Test
    void altersAConfigurationStepByStep() throws Exception {
        create(new NewTopic("orders", 1, ONE));
        alter(
                        "orders",
                        op(OpType.SET, "retention.ms", "60000"),
                        op(OpType.APPEND, "cleanup.policy", "compact"),
                        op(OpType.SET, "millrace.compression.type", "lz4"))
                .get();
        assertThat(value("orders", "retention.ms")).isEqualTo("60000");
        assertThat(value("orders", "cleanup.policy")).isEqualTo("delete,compact");
        assertThat(served.log.describeTopic("orders").config().asMap())
                .containsEntry("compression.type", "lz4");
        alter(
                        "orders",
                        op(OpType.DELETE, "retention.ms", null),
                        op(OpType.SUBTRACT, "cleanup.policy", "delete"))
                .get();
        assertThat(value("orders", "retention.ms")).isEqualTo("-1");
        assertThat(value("orders", "cleanup.policy")).isEqualTo("compact");
        refused(
                InvalidConfigurationException.class,
                "no list",
                alter("orders", op(OpType.APPEND, "retention.ms", "1")));
        refused(
                InvalidConfigurationException.class,
                "durability",
                alter("orders", op(OpType.SET, "durability", "os")));
        refused(
                InvalidTopicException.class,
                "own",
                alter("__topics", op(OpType.SET, "retention.ms", "1")));
        refused(
                UnknownTopicOrPartitionException.class,
                "nothing",
                alter("nothing", op(OpType.SET, "retention.ms", "1")));
    }

    /** As kafkajs and older admin clients ask for it. */
    @Test
    void replacesAConfigurationWhole() throws Exception {
        create(
                new NewTopic("orders", 1, ONE)
                        .configs(Map.of("retention.ms", "60000", "durability", "os")));
        AlterConfigsRequestData.AlterConfigsResource resource =
                new AlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName("orders");
        resource.configs()
                .add(
                        new AlterConfigsRequestData.AlterableConfig()
                                .setName("segment.bytes")
                                .setValue("65536"));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(resource);
        try (RawClient client = RawClient.of(served)) {
            for (int version = 0; version <= 2; version++) {
                AlterConfigsResponseData response =
                        client.ask(
                                AlterConfigsResponseData.class,
                                ApiKeys.ALTER_CONFIGS,
                                version,
                                request);
                assertThat(response.responses().getFirst().errorCode()).isZero();
            }
        }
        assertThat(value("orders", "segment.bytes")).isEqualTo("65536");
        assertThat(value("orders", "retention.ms")).isEqualTo("-1");
        assertThat(value("orders", "durability")).isEqualTo("os");
    }

    @ParameterizedTest
    @CsvSource({
        "message.timestamp.type, CreateTime, LogAppendTime",
        "min.insync.replicas, 1, 2",
        "unclean.leader.election.enable, false, true",
        "compression.type, producer, zstd",
        "flush.messages, 1000, often",
        "flush.ms, 9223372036854775807, -5",
        "max.compaction.lag.ms, 9223372036854775807, 1",
        "remote.storage.enable, false, true"
    })
    void keepsOrRefusesAPromiseOfKafkas(String key, String kept, String refused) throws Exception {
        create(new NewTopic("kept", 1, ONE).configs(Map.of(key, kept)));
        refused(
                InvalidConfigurationException.class,
                key,
                create1(new NewTopic("refused", 1, ONE).configs(Map.of(key, refused))));
        alter("kept", op(OpType.SET, key, kept)).get();
        refused(
                InvalidConfigurationException.class,
                key,
                alter("kept", op(OpType.SET, key, refused)));
        assertThat(admin.listTopics().names().get()).containsExactly("kept");
    }

    @Test
    void doesNotPromiseToForceWhatIsNotForced() throws Exception {
        create(new NewTopic("lazy", 1, ONE).configs(Map.of("durability", "os")));
        assertThat(value("lazy", "flush.messages")).isEqualTo(Long.toString(Long.MAX_VALUE));
        refused(
                InvalidConfigurationException.class,
                "flush.interval.ms",
                alter("lazy", op(OpType.SET, "flush.messages", "1")));
        refused(
                InvalidConfigurationException.class,
                "flush.ms",
                create1(
                        new NewTopic("t", 1, ONE)
                                .configs(Map.of("durability", "os", "flush.ms", "10"))));
    }

    @Test
    void forcesWhereThatIsAskedForAlthoughItIsNotTheDefault(@TempDir Path other) throws Exception {
        LogOptions lazy = LogOptions.defaults().withTopicDefault("durability", "os");
        try (LocalLog log = LocalLog.open(other, lazy);
                KafkaServer server =
                        KafkaServer.start(
                                log, KafkaServerOptions.of(Map.of("kafka.listen", "127.0.0.1:0")));
                Admin client =
                        Admin.create(
                                Map.of(
                                        "bootstrap.servers",
                                        "127.0.0.1:" + server.address().getPort()))) {
            client.createTopics(
                            List.of(
                                    new NewTopic("lazy", 1, ONE),
                                    new NewTopic("forced", 1, ONE)
                                            .configs(Map.of("flush.messages", "1"))))
                    .all()
                    .get();
            assertThat(log.describeTopic("lazy").config().durability()).isEqualTo(Durability.OS);
            assertThat(log.describeTopic("forced").config().durability())
                    .isEqualTo(Durability.FSYNC);
        }
    }

    @Test
    void aRequestMakesAsManyPartitionsAsInKafkaAndNoMore() throws Exception {
        create(new NewTopic("orders", 1, ONE));
        refused(
                PolicyViolationException.class,
                "10,000",
                admin.createTopics(
                                List.of(
                                        new NewTopic("a", 6_000, ONE),
                                        new NewTopic("b", 6_000, ONE)))
                        .all());
        refused(
                PolicyViolationException.class,
                "10,000",
                admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(20_000))).all());
        assertThat(admin.listTopics().names().get()).containsExactly("orders");
    }

    @Test
    void describesClusterAndDirectories() throws Exception {
        create(new NewTopic("orders", 2, ONE));
        produce("orders", 3);
        assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        assertThat(admin.describeCluster().controller().get().id()).isZero();
        assertThat(Uuid.fromString(admin.describeCluster().clusterId().get())).isNotNull();

        LogDirDescription logDir =
                admin.describeLogDirs(List.of(0))
                        .allDescriptions()
                        .get()
                        .get(0)
                        .get(directory.toAbsolutePath().toString());
        assertThat(logDir.replicaInfos().get(new TopicPartition("orders", 0)).size())
                .isEqualTo(served.log.sizeInBytes(new dev.millrace.log.TopicPartition("orders", 0)))
                .isPositive();
        assertThat(logDir.totalBytes().getAsLong()).isPositive();
    }

    @Test
    void describesIdempotentProducers() throws Exception {
        create(new NewTopic("orders", 1, ONE));
        produce("orders", 3);
        TopicPartition orders = new TopicPartition("orders", 0);
        Collection<ProducerState> states =
                admin.describeProducers(List.of(orders))
                        .partitionResult(orders)
                        .get()
                        .activeProducers();
        assertThat(states).hasSize(1);
        assertThat(states.iterator().next().lastSequence()).isEqualTo(2);
        assertThat(states.iterator().next().currentTransactionStartOffset()).isEmpty();
    }

    @Test
    void describesTopicsPageByPage() throws Exception {
        create(new NewTopic("a", 5, ONE));
        create(new NewTopic("b", 1, ONE));
        create(new NewTopic("c", 4, ONE));
        Map<String, TopicDescription> described =
                admin.describeTopics(
                                List.of("a", "b", "c"),
                                new DescribeTopicsOptions().partitionSizeLimitPerResponse(2))
                        .allTopicNames()
                        .get();
        assertThat(described.get("a").partitions()).hasSize(5);
        assertThat(described.get("b").partitions()).hasSize(1);
        assertThat(described.get("c").partitions())
                .extracting(TopicPartitionInfo::partition)
                .containsExactly(0, 1, 2, 3);
        refused(
                UnknownTopicOrPartitionException.class,
                "",
                admin.describeTopics(List.of("nothing")).topicNameValues().get("nothing"));
    }

    @Test
    void letsMillracesOwnTopicsBeSeenAndNothingElse() throws Exception {
        assertThat(admin.listTopics(new ListTopicsOptions().listInternal(false)).names().get())
                .isEmpty();
        Set<String> all =
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
        assertThat(all).contains("__topics");
        assertThat(
                        admin.describeTopics(List.of("__topics"))
                                .topicNameValues()
                                .get("__topics")
                                .get()
                                .isInternal())
                .isTrue();
        assertThat(value("__topics", "cleanup.policy")).isEqualTo("compact");
        refused(InvalidTopicException.class, "own", admin.deleteTopics(List.of("__topics")).all());
        refused(
                InvalidTopicException.class,
                "own",
                admin.createPartitions(Map.of("__topics", NewPartitions.increaseTo(2))).all());
        try (KafkaProducer<String, String> producer = served.producer()) {
            assertThatThrownBy(
                            () -> producer.send(new ProducerRecord<>("__topics", "k", "v")).get())
                    .cause()
                    .isInstanceOf(InvalidTopicException.class);
        }
    }
}
