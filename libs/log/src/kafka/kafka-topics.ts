import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { TopicMismatch, TopicMissing } from '../log.error.ts';
import type { TopicSettings } from '../log.ts';

/** Kafka's defaults delete after a week by record time, which would take imported history at once. */
const WANTED: Readonly<Record<string, string>> = {
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  'message.timestamp.type': 'CreateTime',
};

export async function createKafkaTopics(kafka: Kafka, topics: readonly TopicSettings[], replication: number) {
  await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ name, partitions }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(WANTED).map(([setting, value]) => ({ name: setting, value })),
      })),
    });
  });
}

/** @throws TopicMissing, TopicMismatch */
export async function checkKafkaTopics(kafka: Kafka, topics: readonly TopicSettings[]): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.find(({ name }) => !existing.has(name));
    if (missing) throw new TopicMissing(missing.name);
    const metadata = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
    const counts = new Map(metadata.topics.map((topic) => [topic.name, topic.partitions.length]));
    for (const { name, partitions } of topics) {
      const count = counts.get(name) ?? 0;
      if (count !== partitions) throw new TopicMismatch(name, 'partitions', `${count}`, `${partitions}`);
    }
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map(({ name }) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name,
        configNames: Object.keys(WANTED),
      })),
    });
    for (const { resourceName, configEntries } of resources) {
      for (const { configName, configValue } of configEntries) {
        const wanted = WANTED[configName];
        if (wanted !== undefined && wanted !== configValue) {
          throw new TopicMismatch(resourceName, configName, configValue, wanted);
        }
      }
    }
  });
}

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
