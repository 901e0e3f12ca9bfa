// kafkajs against a served log: BOOTSTRAP. Prints what it did, and ends with 0 where all was well.
const assert = require('node:assert');
const { Kafka, CompressionTypes, ConfigResourceTypes, logLevel } = require('kafkajs');

const RECORDS = 200;
const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: [process.argv[2]],
  logLevel: logLevel.ERROR,
});

async function administer() {
  const admin = kafka.admin();
  await admin.connect();
  assert.ok(await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 2 }] }));
  await assert.rejects(
    admin.createTopics({ topics: [{ topic: 'three', replicationFactor: 3 }] }),
    (e) => e.errors[0].type === 'INVALID_REPLICATION_FACTOR'
  );
  assert.deepStrictEqual(
    (await admin.fetchTopicMetadata({ topics: ['orders'] })).topics[0].partitions.length,
    2
  );
  const topic = { type: ConfigResourceTypes.TOPIC, name: 'orders' };
  await admin.alterConfigs({
    resources: [{ ...topic, configEntries: [{ name: 'retention.ms', value: '86400000' }] }],
  });
  const described = await admin.describeConfigs({
    resources: [{ ...topic, configNames: ['retention.ms'] }],
  });
  assert.deepStrictEqual(described.resources[0].configEntries[0].configValue, '86400000');
  await admin.createPartitions({ topicPartitions: [{ topic: 'orders', count: 3 }] });
  assert.deepStrictEqual((await admin.describeCluster()).brokers.length, 1);
  await admin.disconnect();
  console.log('administered');
}

async function produce(acks, compression, idempotent) {
  const producer = kafka.producer({ idempotent, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = [];
  for (let i = 0; i < RECORDS; i++) {
    messages.push({ key: `k${i}`, value: `v${i}`, headers: { n: `${i}` } });
  }
  await producer.send({ topic: 'orders', acks, compression, messages });
  await producer.disconnect();
  console.log(`produced with acks=${acks}, compression ${compression}, idempotent ${idempotent}`);
}

async function consume(groupId, expected) {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
  const values = [];
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`only ${values.length} records`)), 60000);
    consumer
      .run({
        eachMessage: async ({ message }) => {
          assert.deepStrictEqual(message.value.toString(), `v${message.headers.n}`);
          values.push(message.value.toString());
          if (values.length === expected) {
            resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.stop();
  await consumer.disconnect();
  console.log(`consumed ${values.length}`);
}

async function offsets(groupId, expected) {
  const admin = kafka.admin();
  await admin.connect();
  const committed = await admin.fetchOffsets({ groupId, topics: ['orders'] });
  const sum = committed[0].partitions.reduce((n, p) => n + Math.max(0, Number(p.offset)), 0);
  assert.deepStrictEqual(sum, expected);
  assert.ok((await admin.listGroups()).groups.some((g) => g.groupId === groupId));
  await admin.deleteGroups([groupId]);
  await admin.deleteTopicRecords({ topic: 'orders', partitions: [{ partition: 0, offset: '1' }] });
  await admin.deleteTopics({ topics: ['orders'] });
  assert.deepStrictEqual((await admin.listTopics()).includes('orders'), false);
  await admin.disconnect();
  console.log('offsets are there');
}

async function main() {
  await administer();
  await produce(-1, CompressionTypes.None, false);
  await produce(1, CompressionTypes.GZIP, false);
  await produce(-1, CompressionTypes.GZIP, true);
  await consume('readers', 3 * RECORDS);
  await offsets('readers', 3 * RECORDS);
}

main().then(
  () => process.exit(0),
  (e) => {
    console.error(e);
    process.exit(1);
  }
);
