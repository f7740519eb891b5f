import { describe, expect, it } from '@jest/globals';
import type { Database } from '@throughline/postgres';
import { HeadWatch } from './head-watch.ts';
import { RecordReader } from './record-reader.ts';

const topic = 'journey.touches';
const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((next) => setImmediate(next));
};

/** A partition whose statements are answered when the test says so, with where it ended when they were asked. */
function reading() {
  const asked: ((next: number) => void)[] = [];
  const query = () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    asked.push((next) => resolve({ rows: [{ ask: 1, low: '0', next: String(next), offset: null }] }));
    return promise;
  };
  const heads = new HeadWatch({ query } as unknown as Database);
  const source = new RecordReader({ query } as unknown as Database).source(topic, 0, heads);
  const fetch = (from: bigint) => source.fetch(from, 1_000, AbortSignal.timeout(10_000));
  return { asked, heads, fetch };
}

describe('reading while the bell rings', () => {
  it('a head that was told while a statement ran is not forgotten for the older one that it brings', async () => {
    const { asked, heads, fetch } = reading();
    heads.heard(topic, 0, 10n);
    const first = fetch(9n);
    await turns();
    heads.reached(topic, 0, 11n);
    asked[0]?.(10);
    expect((await first).high).toBe(10n);
    const second = fetch(10n);
    await turns();
    expect(asked).toHaveLength(2);
    asked[1]?.(11);
    expect((await second).high).toBe(11n);
  });

  it('I4: a log that is shorter than what was told of it is believed: its readers wait, and do not ask for ever', async () => {
    const { asked, heads, fetch } = reading();
    heads.heard(topic, 0, 10n);
    const first = fetch(5n);
    await turns();
    asked[0]?.(5);
    expect((await first).high).toBe(5n);
    expect(heads.of(topic, 0)).toBe(5n);
  });
});
