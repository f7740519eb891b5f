import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliver, type Sendable } from '@throughline/client';
import { run } from '../testing/run.ts';
import { toldDeals, type ToldDeals } from '../testing/told-deals.ts';

const told = { source: 'urn:test:currency', precision: 'instant', inferred: [] } as const;
const on = (day: string) => new Date(day).toISOString();
const command = (name: string, day: string, data: object): Sendable => ({
  ...{ ...told, kind: 'command', service: 'opportunities', command: name, on: 'dollars' },
  ...{ occurredAt: on(day), commandId: `dollars-${name}`, data },
});
/** One more deal, won in dollars along one touch of a campaign that cost dollars too. */
const inDollars: readonly Sendable[] = [
  {
    ...{ ...told, kind: 'fact', name: 'touch.recorded', id: 'dollars', occurredAt: on('2026-01-01') },
    data: {
      touchType: 'page-view',
      kind: 'activity',
      account: 'dollars',
      channel: 'email',
      campaign: 'spring',
    },
  },
  {
    ...{ ...told, kind: 'fact', name: 'campaign.spend-recorded', id: 'spend', occurredAt: on('2026-01-31') },
    data: { campaign: 'spring', amount: { amount: 10_00, currency: 'USD' } },
  },
  command('open', '2026-01-02', { account: 'dollars', leads: [], name: 'In dollars' }),
  command('win', '2026-02-01', { amount: { amount: 100_00, currency: 'USD' } }),
];

let services: ToldDeals;
beforeAll(async () => {
  services = await toldDeals();
  await deliver(inDollars, services.services.client);
  await services.services.settled();
});
afterAll(() => services.stop());

const attribution = (...words: readonly string[]) => run(services.services.url, 'attribution', ...words);
const shown = async (...words: readonly string[]) => {
  const { out, error } = await attribution(...words);
  if (error !== '') throw new Error(error);
  return out.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));
};

describe('throughline attribution, of deals in several currencies', () => {
  it.each([
    ['credit', '--currency', 'EUR'],
    ['entries', '--model', 'linear', '--currency', 'EUR'],
    ['deal', 'dollars', '--currency', 'EUR'],
    ['recognition', '--currency', 'EUR'],
    ['paths', '--currency', 'EUR'],
    ['return', '--currency', 'EUR'],
    ['snapshot', '--rule', 'shapley', '--currency', 'EUR'],
  ])('%s says which rate is missing, and what to type', async (...words) => {
    const { error, exitCode } = await attribution(...words);
    expect(exitCode).toBe(1);
    expect(error).toContain('There is no rate for USD/EUR at 2026-02-01 (1 deal).');
    expect(error).toContain('`throughline attribution rate USD EUR <day> <rate>` from 2026-02-01 or before');
  });

  it('a snapshot says what it needs', async () => {
    const { error } = await attribution('snapshot', '--rule', 'shapley');
    expect(error).toContain('Deals were won in EUR, USD.');
    expect(error).toContain('`throughline attribution rate` sets rates.');
  });

  it('converts once there is one, and every figure opens to what it is the sum of', async () => {
    await attribution('rate', 'USD', 'EUR', '2026-01-31', '0.9');
    const credit = await shown(
      'credit',
      '--currency',
      'EUR',
      '--models',
      'last',
      '--only',
      'account:dollars',
    );
    expect(credit).toContain('email | 90.00 EUR | 0.00 EUR');
    const drill = credit.find((line) => line.startsWith('throughline attribution entries')) ?? '';
    expect(drill).toContain('--currency EUR');
    expect(await shown(...drill.split(' ').slice(2))).toContain('90.00 EUR in all: 1 entries of 1 deals');
    const deal = await shown('deal', 'dollars', '--currency', 'EUR');
    expect(deal).toContain('dollars: won, 90.00 EUR, closed on 2026-02-01');
    expect(deal).toContain('Converted at 0.9 a USD, which stands since 2026-01-31.');
    expect((await shown('recognition', '--currency', 'EUR')).join('\n')).toContain('In dollars: 90.00 EUR');
  });

  it('return: spend, revenue and pipeline in one currency, by page', async () => {
    const table = await shown('return', '--currency', 'EUR', '--models', 'linear');
    expect(table).toContain('spring | 29.00 EUR | 120.00 EUR');
    expect(table).toContain('spring | 70.00 EUR');
    const first = await shown('return', '--currency', 'EUR', '--models', 'linear', '--limit', '1');
    expect(first.join('\n')).toContain('There is more: add --cursor after-1');
    const later = await shown(
      'return',
      '--currency',
      'EUR',
      '--models',
      'linear',
      '--opened-from',
      '2027-01-01',
    );
    expect(later.join('\n')).not.toContain('70.00 EUR');
  });

  it('snapshot: says by how many rates', async () => {
    const table = await shown('snapshot', '--rule', 'shapley', '--currency', 'EUR');
    expect(table).toContain('total | 3.0000 | 230.00 EUR');
    expect(table.join('\n')).toContain('converted to EUR, each at its close, by one rate: --json names');
  });
});
