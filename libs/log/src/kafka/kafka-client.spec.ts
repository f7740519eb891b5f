import { describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { isAway } from './kafka-client.ts';

interface Admin {
  listTopics(): Promise<string[]>;
  fetchTopicMetadata(asked: { topics: string[] }): Promise<unknown>;
}
type MakeAdmin = (options: object) => Admin;

describe('a broker that is away', () => {
  it('is told from a defect also where no broker gave metadata and kafkajs trips over it', async () => {
    const makeAdmin = createRequire(import.meta.url)('kafkajs/src/admin') as MakeAdmin;
    const logger = { namespace: () => ({}) };
    const admin = makeAdmin({ logger, cluster: { metadata: async () => null } });
    const errors = await Promise.all([
      admin.listTopics().catch((error: unknown) => error),
      admin.fetchTopicMetadata({ topics: ['journey.touches'] }).catch((error: unknown) => error),
    ]);
    expect(errors.map((error) => error instanceof TypeError)).toEqual([true, true]);
    expect(errors.map(isAway)).toEqual([true, true]);
    expect(isAway(new TypeError('x is not a function'))).toBe(false);
  });
});
