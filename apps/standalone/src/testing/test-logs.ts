import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { kafkaLog, memoryLog, postgresLog, type KafkaLogOptions, type Log } from '@throughline/log';
import { testBrokers, topicsUnder } from '@throughline/log/testing';
import { testDatabase } from '@throughline/postgres/testing';

export type LogKind = Log['kind'];

const describeKafka = process.env['NO_KAFKA'] === '1' ? describe.skip : describe;

/** Tests over a real broker; NO_KAFKA=1 skips them. */
export function describeOnKafka(what: string, tests: () => void): void {
  describeKafka(`[log: kafka] ${what}`, tests);
}

/** The same tests over each log. */
export function describeOnEachLog(what: string, tests: (kind: LogKind) => void): void {
  for (const kind of ['memory', 'postgres'] as const) describe(`[log: ${kind}] ${what}`, () => tests(kind));
  describeOnKafka(what, () => tests('kafka'));
}

export interface TestLog {
  readonly log: Log;
  close(): Promise<void>;
}

/** An empty log of the kind. */
export async function testLog(kind: LogKind): Promise<TestLog> {
  if (kind === 'kafka') return ofItsOwn(testKafka());
  if (kind === 'memory') return ofItsOwn(memoryLog());
  const { url, drop } = await testDatabase('log');
  const log = postgresLog({ url });
  return {
    log,
    async close() {
      await log.close();
      await drop();
    },
  };
}

/** Topics of its own on the broker for tests; logs with the same prefix see the same records. */
export function testKafka(prefix: string = randomUUID(), more: Partial<KafkaLogOptions> = {}): Log {
  return topicsUnder(prefix, kafkaLog({ brokers: testBrokers(), clientId: 'test', ...more }));
}

function ofItsOwn(log: Log): TestLog {
  return { log, close: () => log.close() };
}
