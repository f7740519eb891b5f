import { afterEach, describe, it } from '@jest/globals';
import { logContract, memoryKit, type LogKit } from './testing/index.ts';

describe('[log: memory] keeps the contract (I1, I3, I5)', () => {
  let kit: LogKit;
  afterEach(() => kit.close());

  for (const contractCase of logContract('memory')) {
    it(`[log: memory] ${contractCase.name}`, async () => {
      kit = memoryKit();
      await contractCase.run(kit);
    });
  }
});
