import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import { kafkaLog, memoryLog, postgresLog, type Log } from '@throughline/log';
import { testBrokers, topicsUnder } from '@throughline/log/testing';
import { testDatabase } from '@throughline/postgres/testing';
import fc from 'fast-check';
import { creditFromScratch } from '../testing/credit-oracle.ts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { historyOf, turns } from '../testing/late-turn.ts';
import { aHistory, type History } from '../testing/random-history.ts';
import { readDefinitions } from './credit-book.ts';

interface OpenLog {
  readonly log: Log;
  close(): Promise<unknown>;
}

const logs: Record<Log['kind'], () => Promise<OpenLog>> = {
  async memory() {
    const log = memoryLog();
    return { log, close: () => log.close() };
  },
  async postgres() {
    const { url, drop } = await testDatabase('log');
    const log = postgresLog({ url });
    return { log, close: () => log.close().then(drop) };
  },
  async kafka() {
    const log = topicsUnder(randomUUID(), kafkaLog({ brokers: testBrokers(), clientId: 'test' }));
    return { log, close: () => log.close() };
  },
};

/** Every way of counting touches that the standard models do not have. */
const settings = {
  'by-roles': { rule: 'linear', scope: 'contact-roles', exposures: true, windowDays: null },
  'by-primary': { rule: 'w-shaped', scope: 'primary-contact', mostRecent: 2 },
  'by-last-milestones': { rule: 'w-shaped', milestones: 'last', windowDays: null },
  restarting: { rule: 'linear', severalConversions: 'restart', windowDays: 30 },
};

/** Each history lives under a prefix of its own, so that many share one service. */
const RUNS = { memory: 16, postgres: 6, kafka: 4 } as const;
/** Of each turn: its deals are found in the service's own database, whatever the log. */
const RUNS_OF_A_TURN = { memory: 4, postgres: 1, kafka: 1 } as const;
const kinds = (['memory', 'postgres', 'kafka'] as const).filter(
  (kind) => kind !== 'kafka' || process.env['NO_KAFKA'] !== '1',
);

describe.each(kinds)('[log: %s] I4: credit in force is a function of the set of events', (kind) => {
  const opened: { service: RunningAttribution; close(): Promise<unknown> }[] = [];
  const told: JourneyEvent[] = [];
  let runs = 0;
  afterAll(async () => {
    for (const { service, close } of opened) await service.stop().then(close);
  }, 120_000);

  async function open(mostAtOnce?: number): Promise<RunningAttribution> {
    const { log, close } = await logs[kind]();
    const service = await runningAttribution({ log, ...(mostAtOnce === undefined ? {} : { mostAtOnce }) });
    opened.push({ service, close });
    for (const [model, data] of Object.entries(settings))
      expect((await service.ask(`/v1/attribution-models/${model}/define`, 'POST', { data })).status).toBe(
        200,
      );
    await service.workers.again.runOnce();
    return service;
  }

  /** The histories of an arbitrary arrive one after the other, each as its pauses say. */
  async function arrive(histories: fc.Arbitrary<History>, numRuns: number): Promise<void> {
    const service = opened[0]?.service ?? (await open());
    const definitions = await readDefinitions(service.database);
    const arrives = async (history: History) => {
      runs += 1;
      const prefix = `h${runs}`;
      const events = history.events(prefix);
      const pauses = new Set(history.pauses.map((place) => (place < 0 ? events.length + place : place)));
      for (const [at, event] of events.entries()) {
        await service.send(event);
        if (pauses.has(at)) await service.settled();
      }
      await service.settled();
      told.push(...events);
      expect(await inForce(service, `${prefix}-`)).toEqual(creditFromScratch(events, definitions));
    };
    await fc.assert(fc.asyncProperty(histories, arrives), { numRuns, endOnFailure: true });
  }

  it('late, withdrawn and re-identified, in any order: as if computed from scratch, bit for bit', async () => {
    await arrive(aHistory, RUNS[kind]);
  }, 180_000);

  it.each(Object.entries(turns))(
    '%s: deals that the event does not name are credited anew',
    (_, turn) => arrive(historyOf(turn), RUNS_OF_A_TURN[kind]),
    60_000,
  );

  it('another reader of the same events, which credits all deals a little later, concludes the same', async () => {
    const [first] = opened;
    if (!first) throw new Error('the first reader comes first');
    const again = await open(0);
    await again.send(
      ...told.toReversed().sort((a, b) => (a.stream?.version ?? 0) - (b.stream?.version ?? 0)),
    );
    await again.settled();
    expect(await inForce(again, '')).toEqual(await inForce(first.service, ''));
  });
});

/** What is said of won deals, sorted. */
async function inForce(service: RunningAttribution, prefix: string): Promise<string[]> {
  const { rows } = await service.database.query<{ said: string; credited: string }>(
    `select c.said, (select coalesce(sum(s.amount), 0) from credit_share s
                      where (s.opportunity, s.model) = (c.opportunity, c.model)) + coalesce(unattributed_amount, 0)
                    as credited
       from credit c where c.outcome = 'won' and starts_with(c.opportunity, $1)`,
    [prefix],
  );
  for (const { said, credited } of rows) {
    const { amount } = JSON.parse(said) as { amount: { amount: number } | null };
    expect(Number(credited)).toBe(amount?.amount ?? 0); // I8
  }
  return rows.map(({ said }) => said).sort();
}
