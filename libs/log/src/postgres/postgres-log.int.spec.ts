import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { logContract, postgresKit, type LogKit } from '../testing/index.ts';

describe('[log: postgres] keeps the contract (I1, I3, I5)', () => {
  let kit: LogKit;
  beforeAll(async () => void (kit = await postgresKit()));
  afterAll(() => kit.close());

  for (const contractCase of logContract('postgres')) {
    it(`[log: postgres] ${contractCase.name}`, () => contractCase.run(kit));
  }
});
