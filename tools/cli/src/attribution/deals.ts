import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { printable, say, show, type Cell } from '../output.ts';
import { wideTable } from '../wide-table.ts';
import { amountOf, percentOf, type Amounts } from './amounts.ts';
import { converting, example, type Asked } from './asked.ts';

type Item = Readonly<Record<string, Cell>>;

interface Deal extends Amounts {
  /** what its amount was converted by, where it was */
  readonly rate?: { readonly from: string; readonly day: string; readonly rate: string } | null;
  readonly opportunity: string;
  readonly outcome: string;
  readonly closedAt: string | null;
  readonly path: readonly Item[];
  readonly models: readonly Model[];
}

interface Model {
  readonly model: { readonly id: string; readonly version: number };
  readonly shares: readonly { readonly touch: string; readonly weight: number }[];
  readonly unattributed: { readonly weight: number; readonly reason: string | null };
}

/** Why nobody deserves a deal, or a part of it. */
const reasons: Readonly<Record<string, string>> = {
  'no-touch': 'no touch counts for it',
  'close-undated': 'nobody said when it closed, so no touch is known to be before',
  'no-touch-of-the-rule': 'no touch is one that the rule gives to',
  'negative-amount': 'its amount is negative',
  'not-won': 'it is not won any more',
};
export const reasonOf = (code: string | null): string => reasons[code ?? ''] ?? code ?? '';

/** One deal, touch by touch. */
export function addDeals(attribution: Command): void {
  const command = converting(attribution.command('deal'))
    .argument('<opportunity>', 'its id, as `attribution paths` and `attribution entries` show it')
    .description('one deal: the touches on its path and what each model gives them')
    .action(async (id: string, asked: Asked, own: Command) => {
      const path = `/v1/credit/opportunities/${encodeURIComponent(id)}`;
      show(own, await clientOf(own).get<Deal>('attribution', path, asked), printDeal);
    });
  example(command, 'throughline attribution deal sim-account-alder-works-deal');
}

function printDeal(deal: Deal): void {
  const { opportunity, outcome, closedAt, path, models, rate } = deal;
  const closed = closedAt === null ? '' : `, closed on ${closedAt.slice(0, 10)}`;
  say(printable(`${opportunity}: ${outcome}, ${amountOf(deal) ?? 'amount unknown'}${closed}`));
  if (rate) say(printable(`Converted at ${rate.rate} a ${rate.from}, which stands since ${rate.day}.`));
  say('');
  wideTable(
    ['#', 'when', 'channel', 'campaign', 'by', 'touch'],
    path.map((it, at) => [
      ...[at + 1, String(it['occurredAt']).slice(0, 16).replace('T', ' '), it['channel'], it['campaign']],
      ...[it['member'] ?? it['team'], it['touch']],
    ]),
    { empty: 'No touch counts for it.' },
  );
  say('');
  if (models.length === 0) return say('It has no credit: only a deal that is won has.');
  const names = models.map(({ model }) => (model.version > 1 ? `${model.id} v${model.version}` : model.id));
  wideTable(
    ['#', 'channel', ...names],
    [
      ...path.map((it, at) => [
        ...[at + 1, it['channel']],
        ...models.map((model) => shareOf(model, it['touch'])),
      ]),
      ['', '(unattributed)', ...models.map(({ unattributed }) => percentOf(unattributed.weight))],
    ],
    { keys: 2 },
  );
  for (const [reason, of] of Map.groupBy(models, ({ unattributed }) => unattributed.reason)) {
    if (reason === null) continue;
    const under = of.length === models.length ? 'every model' : of.map(({ model }) => model.id).join(', ');
    say('', `Unattributed under ${under}: ${reasonOf(reason)}.`);
  }
}

const shareOf = ({ shares }: Model, touch: Cell): string =>
  part(shares.find((it) => it.touch === touch)?.weight ?? 0);

const part = (weight: number): string => (weight === 0 ? '' : percentOf(weight));
