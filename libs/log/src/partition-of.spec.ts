import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { partitionOf } from './partition-of.ts';

const theirs = kafkajs.Partitioners.DefaultPartitioner();

describe('the partition of a key', () => {
  it('I3 is that of the Kafka client, so that a key never moves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 200 }), (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionId,
          ...{ partitionErrorCode: 0, leader: 0, replicas: [], isr: [], offlineReplicas: [] },
        }));
        const expected = theirs({ topic: '', partitionMetadata, message: { key, value: null } });
        expect(partitionOf(key, partitions)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
