import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { LogUnavailable, TopicMismatch, TopicMissing } from '../log.error.ts';
import type { TopicSettings } from '../log.ts';

/** Kafka's defaults delete after a week by record time, which would take imported history at once. */
const WANTED: Readonly<Record<string, string>> = {
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  'message.timestamp.type': 'CreateTime',
};

const LEADERS_MS = 30_000;
const LOOK_MS = 100;

export async function createKafkaTopics(kafka: Kafka, topics: readonly TopicSettings[], replication: number) {
  await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: false, // it gives up at the first broker that has not heard of the topic yet
      topics: missing.map(({ name, partitions }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(WANTED).map(([setting, value]) => ({ name: setting, value })),
      })),
    });
    await led(
      admin,
      missing.map(({ name }) => name),
    );
  });
}

/** Waits until every partition of these new topics has a leader that takes records. */
async function led(admin: Admin, names: string[]): Promise<void> {
  const end = performance.now() + LEADERS_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      if (topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
    } catch (error) {
      if (!isNotYet(error) || performance.now() > end) throw error;
    }
    if (performance.now() > end)
      throw new LogUnavailable(names.join(), `it has no leader after ${LEADERS_MS / 1_000} s`);
    await pause(LOOK_MS);
  }
}

/** kafkajs tries a few times by itself; what it gives up at stands inside of what it then throws. */
function isNotYet(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const type = 'type' in error ? error.type : null;
  if (type === null) return isNotYet(error.cause);
  return type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE';
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
