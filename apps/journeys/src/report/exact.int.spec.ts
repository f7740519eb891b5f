import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision } from '../testing/story.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const amounts = fc.array(
  fc.oneof(
    fc.integer({ min: MOST - 9, max: MOST }),
    fc.maxSafeNat(),
    fc.integer({ min: -MOST, max: -MOST + 9 }),
  ),
  { minLength: 1, maxLength: 12 },
);

/** With four places, half away from zero, without zeros at the end. */
function meanOf(values: readonly bigint[]): string {
  const sum = values.reduce((all, each) => all + each, 0n) * 10_000n;
  const n = BigInt(values.length);
  const size = sum < 0n ? -sum : sum;
  const rounded = (size * 2n + n) / (2n * n);
  const text = `${rounded / 10_000n}.${String(rounded % 10_000n).padStart(4, '0')}`.replace(/\.?0+$/, '');
  return sum < 0n && rounded !== 0n ? `-${text}` : text;
}

function medianOf(values: readonly bigint[]): string {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const half = sorted.length >> 1;
  const twice =
    sorted.length % 2 === 1
      ? (sorted[half] as bigint) * 2n
      : (sorted[half - 1] as bigint) + (sorted[half] as bigint);
  const size = twice < 0n ? -twice : twice;
  return `${twice < 0n ? '-' : ''}${size / 2n}${size % 2n === 1n ? '.5' : ''}`;
}

describe('R2 amounts beyond 2^53, against BigInt', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('exact');
  });
  afterAll(() => journeys.stop());

  it('R2 sums, means, medians and extremes of deals, pipelines, attributes and spend are exact, by currency', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(amounts, async (given) => {
        run += 1;
        const source = `urn:run:${run}`;
        const money = (amount: number, at: number) => ({ amount, currency: at % 3 === 0 ? 'EUR' : 'USD' });
        await journeys.send(
          ...given.flatMap((amount, at) => {
            const id = `r${run}-${at}`;
            const deal = {
              account: null,
              leads: null,
              attributes: { worth: String(amount) },
              closeDate: null,
            };
            const both = [
              decision('opportunity.opened', id, 1, '2026-01-01', { ...deal, amount: money(amount, at) }),
              decision('opportunity.won', id, 2, '2026-02-01', { amount: null }),
            ].map((event) => ({ ...event, source }));
            const spent = { campaign: 'one', amount: money(Math.abs(amount), at) };
            return [...both, sampleEvent('campaign.spend-recorded', { source, sourceId: id, data: spent })];
          }),
        );
        for (const currency of ['EUR', 'USD']) {
          const values = given.filter((_, at) => money(0, at).currency === currency).map(BigInt);
          if (values.length === 0) continue;
          const sum = String(values.reduce((all, each) => all + each, 0n));
          const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
          const spread = {
            n: values.length,
            min: String(sorted[0]),
            max: String(sorted.at(-1)),
            median: medianOf(values),
            mean: meanOf(values),
          };
          const expected = { currency, amount: sum, spread };
          const of = async (report: string, name: string) => {
            const { total } = await journeys.get(
              `/v1/reports/${report}${report.includes('?') ? '&' : '?'}source=${source}`,
            );
            return (total as Record<string, object[]>)[name];
          };
          for (const [report, name] of [
            ['opportunities', 'wonValue'],
            ['won-by-month', 'wonValue'],
            ['pipeline?at=2026-01-15', 'openValue'],
          ] as const)
            expect(await of(report, name)).toEqual(
              expect.arrayContaining([
                expect.objectContaining({ ...expected, spread: expect.objectContaining(spread) }),
              ]),
            );
        }
        const all = given.map(BigInt);
        const { total } = await journeys.get(`/v1/reports/attribute-spread?attribute=worth&source=${source}`);
        expect(total).toMatchObject({
          sum: String(all.reduce((a, b) => a + b, 0n)),
          spread: { median: medianOf(all), mean: meanOf(all) },
        });
        const spend = await journeys.get(`/v1/reports/spend?source=${source}&limit=1000`);
        const spent = (of: string) =>
          given.filter((_, at) => money(0, at).currency === of).map((each) => BigInt(Math.abs(each)));
        expect(Object.fromEntries(spend.items.map(({ currency, amount }) => [currency, amount]))).toEqual(
          Object.fromEntries(
            ['EUR', 'USD']
              .filter((of) => spent(of).length > 0)
              .map((of) => [of, String(spent(of).reduce((a, b) => a + b, 0n))]),
          ),
        );
      }),
      { numRuns: 15, examples: [[[MOST, MOST, MOST]], [[MOST, MOST - 1]], [[-MOST, MOST, 1]]] },
    );
  });
});
