import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { kafkaKit, logContract, type LogKit } from '../testing/index.ts';

const whereKafkaIs = process.env['NO_KAFKA'] === '1' ? describe.skip : describe;

whereKafkaIs('[log: kafka] keeps the contract (I1, I3, I5)', () => {
  let kit: LogKit;
  beforeAll(async () => void (kit = await kafkaKit()));
  afterAll(() => kit.close());

  for (const contractCase of logContract('kafka')) {
    it(`[log: kafka] ${contractCase.name}`, () => contractCase.run(kit));
  }
});
