import { describe, expect, it } from '@jest/globals';
import kafkajs, { type Kafka } from 'kafkajs';
import { createKafkaTopics } from './kafka-topics.ts';

const { KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } = kafkajs;
const notYet = (type: string) => new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 5 }));

describe('topics that were made', () => {
  it.each(['LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION'])(
    'are waited for while they are %s, also where kafkajs has tried again by itself and given up',
    async (type) => {
      const given = [
        () => Promise.reject(notYet(type)),
        () =>
          Promise.reject(
            new KafkaJSNumberOfRetriesExceeded(notYet(type), { retryCount: 5, retryTime: 2_000 }),
          ),
        () => Promise.resolve({ topics: [{ name: 'new', partitions: [{ leader: 1 }] }] }),
      ];
      const admin = {
        connect: async () => undefined,
        disconnect: async () => undefined,
        listTopics: async () => [],
        createTopics: async () => true,
        fetchTopicMetadata: () => given.shift()?.(),
      };
      await createKafkaTopics(
        { admin: () => admin } as unknown as Kafka,
        [{ name: 'new', partitions: 1 }],
        1,
      );
      expect(given).toEqual([]);
    },
  );
});
