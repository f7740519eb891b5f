import type { Sendable } from '@throughline/client';

const told = { source: 'urn:test:cli', precision: 'instant', inferred: [] } as const;
const on = (day: string) => new Date(day).toISOString();

function fact(name: string, id: string, day: string, data: object): Sendable {
  return { ...told, kind: 'fact', name, id, occurredAt: on(day), data };
}

function command(name: string, deal: string, day: string, data: object): Sendable {
  const commandId = `${deal}-${name}`;
  const said = { ...told, occurredAt: on(day), commandId, data };
  return { ...said, kind: 'command', service: 'opportunities', command: name, on: deal };
}

const touch = (account: string, day: string, data: object) =>
  fact('touch.recorded', `${account}-${day}`, day, {
    ...{ touchType: 'page-view', kind: 'activity', account },
    ...data,
  });

const open = (deal: string, day: string, account: string, amount: number | null = null) =>
  command('open', deal, day, {
    ...{ account, leads: [], name: `Deal of ${account}`, owner: 'sam' },
    ...(amount === null ? {} : { amount: { amount, currency: 'EUR' } }),
  });

const fair = { team: 'marketing', campaign: 'fair', channel: 'event', actor: 'mia' };
const mail = { team: 'marketing', campaign: 'spring', channel: 'email' };
const call = { team: 'sales', channel: 'phone', actor: 'sam' };

/** Two deals that were won, one of them along no touch; one lost, one open; a campaign with spend and one without. */
export const deals: readonly Sendable[] = [
  fact('member.described', 'mia', '2026-01-01', { member: 'mia', function: 'marketing' }),
  fact('campaign.spend-recorded', 'spend-1', '2026-01-31', {
    ...{ campaign: 'spring', amount: { amount: 20_00, currency: 'EUR' } },
  }),
  ...[touch('a', '2026-01-01', fair), touch('a', '2026-01-02', mail), touch('a', '2026-01-03', call)],
  open('won-1', '2026-01-02T12:00:00Z', 'a'),
  command('win', 'won-1', '2026-02-01', {
    amount: { amount: 90_00, currency: 'EUR' },
    contributors: ['mia'],
  }),
  ...[touch('b', '2026-01-01', mail), touch('b', '2026-01-02', mail), open('lost-1', '2026-01-02', 'b')],
  command('lose', 'lost-1', '2026-02-02', { reason: 'price' }),
  ...[touch('c', '2026-01-01', mail), open('open-1', '2026-01-05', 'c', 70_00)],
  open('won-2', '2026-02-05', 'nobody'),
  command('win', 'won-2', '2026-03-01', { amount: { amount: 50_00, currency: 'EUR' } }),
];

/** One more that was won, for nobody knows how much. */
export const dealWithoutAmount: readonly Sendable[] = [
  touch('d', '2026-01-01', { team: 'sales', channel: 'chat' }),
  open('won-3', '2026-01-05', 'd'),
  command('win', 'won-3', '2026-04-01', {}),
];
