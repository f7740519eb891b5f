import { setTimeout as pause } from 'node:timers/promises';
import { TOPICS, toRecord, sampleEvent } from '@throughline/contracts';
import type { Attack, Fault } from './fault.ts';

const RANGE = 300;

/** Faults 13, 14 and 16: what may come out of a log. */
export const recordFaults: readonly Fault[] = [
  {
    ...{
      number: 13,
      name: 'duplicates',
      where: 'both',
      what: 'whole ranges of the log come again, old ones among them',
    },
    ...{ heals: 'they end', on: [], beside: ['kafka', 'postgres'], holds: [3, 8] },
    async start(attack) {
      let ended = false;
      let sent = 0;
      const repeat = async () => {
        while (!ended) {
          sent += await again(attack).catch(() => 0);
          await pause(attack.random.between(200, 1_000));
        }
      };
      const over = repeat();
      return async () => {
        ended = true;
        await over;
        attack.did(`${sent} records again`);
      };
    },
  },
  {
    ...{
      number: 14,
      name: 'pauses',
      what: 'readers stand still in turns, so that partitions overtake each other',
    },
    ...{ heals: 'SIGCONT', on: ['journeys', 'journeys-2'], beside: ['postgres'], holds: [4, 10] },
    async start({ world, random, did }) {
      const readers = [world.services.journeys, world.services['journeys-2']];
      let ended = false;
      let pauses = 0;
      const pausing = async () => {
        while (!ended) {
          const reader = random.pick(readers);
          reader.signal('SIGSTOP');
          await pause(random.between(50, 1_500));
          reader.signal('SIGCONT');
          pauses += 1;
          await pause(random.between(50, 500));
        }
      };
      const over = pausing();
      return async () => {
        ended = true;
        await over;
        did(`${pauses} pauses`);
      };
    },
  },
  {
    ...{
      number: 16,
      name: 'poison',
      where: 'both',
      what: 'records that nobody can read or fold, of unknown types too (19)',
    },
    ...{ heals: 'they stay parked; nothing behind them waits', on: [], beside: ['kafka'], holds: [1, 2] },
    async start({ world, load, random, did }) {
      const keys = Array.from({ length: 8 }, () => `poison-${random.between(0, 1e9)}`);
      await load.injected(keys);
      const touch = toRecord(sampleEvent('touch.recorded', { source: 'urn:throughline:poison' }));
      const { topic, timestamp, headers } = touch;
      const records = keys.map((key, at) => ({
        ...{ key, timestamp },
        headers:
          at % 2 === 0
            ? { ...headers, ce_id: key, ce_type: 'throughline.touch.unheard-of.v9' }
            : { ...headers, ce_id: key },
        value: Buffer.from(at % 2 === 0 ? '{}' : '{"touchType":'),
      }));
      await world.log.send(topic, records).catch(() => undefined);
      did(`${keys.length} records`);
      return async () => undefined;
    },
  },
];

async function again({ world, random }: Attack): Promise<number> {
  const topic = random.pick(TOPICS);
  const marks = (await world.log.marks(topic)).filter(({ high }) => high > 0n);
  if (marks.length === 0) return 0;
  const { partition, high } = random.pick(marks);
  const from = BigInt(random.between(0, Number(high) - 1));
  const to = from + BigInt(RANGE) < high ? from + BigInt(RANGE) : high;
  let sent = 0;
  for await (const { records } of world.log.read({ topic, partition, from, to })) {
    await world.log.send(
      topic,
      records.map(({ key, value, headers, timestamp }) => ({ key, value, headers, timestamp })),
    );
    sent += records.length;
  }
  return sent;
}
