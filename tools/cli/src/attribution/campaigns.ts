import type { Command } from 'commander';
import type { Page } from '@throughline/client';
import { clientOf } from '../context.ts';
import { nextPage, say, show, type Cell } from '../output.ts';
import { wideTable } from '../wide-table.ts';
import { amountOf, type Amounts } from './amounts.ts';
import { converting, example, modelsOf, nothing, paged, within, type Asked } from './asked.ts';

type Figures = Readonly<Record<string, { readonly amount: string | null }>>;

interface Campaign {
  readonly campaign: string;
  readonly currency: string | null;
  readonly spend: string | null;
  readonly cost: 'known' | 'unknown';
  readonly revenue: Figures;
  readonly pipeline: Figures;
  readonly perUnit: Readonly<Record<string, string | null>>;
}

export function addCampaigns(attribution: Command): void {
  const at = 'at the close of its deal, spend at the end of its period, pipeline now,';
  const command = paged(converting(within(attribution.command('return')), at), 'campaigns')
    .option('--opened-from <day>', 'pipeline only of deals opened on this day or later')
    .option('--opened-to <day>', 'pipeline only of deals opened before this day')
    .option('--models <names>', 'which, separated by commas; all unless told')
    .description('what each campaign cost, and the revenue and pipeline credited to it under each model')
    .action(async (asked: Asked, own: Command) => {
      const query = { ...asked, ...modelsOf(own) };
      const page = await clientOf(own).get<Page<Campaign>>('attribution', '/v1/campaigns/return', query);
      show(own, page, (it) => print(it, asked));
    });
  example(command, 'throughline attribution return --models first,linear,last --from 2026-01-01');
}

function print({ items, next }: Page<Campaign>, asked: Asked): void {
  if (items.length === 0)
    return say(
      nothing(
        asked,
        'No campaign has spend or credit yet: touches name their campaign, campaign.spend-recorded its cost.',
      ),
    );
  const models = Object.keys(items[0]?.perUnit ?? {});
  const rows = (cells: (of: Campaign) => readonly Cell[]) => items.map((of) => [of.campaign, ...cells(of)]);
  say('Revenue of won deals that is credited to each campaign, by model', '');
  wideTable(
    ['campaign', 'spent', ...models],
    rows((of) => [spent(of), ...models.map((model) => credited(of, of.revenue[model]))]),
    { keys: 2 },
  );
  say('', 'Revenue for each unit of money spent', '');
  wideTable(
    ['campaign', ...models],
    rows((of) => models.map((model) => ratio(of.perUnit[model] ?? null))),
  );
  say(
    '',
    'Pipeline: open deals as they stand, at their amount × the probability of the stage where a model says any',
    '',
  );
  wideTable(
    ['campaign', ...models],
    rows((of) => models.map((model) => credited(of, of.pipeline[model]))),
  );
  if (items.some(({ cost }) => cost === 'unknown'))
    say('', 'cost unknown: no spend was told, which is not the same as 0, so there is no return either.');
  nextPage(next);
}

const spent = ({ spend, currency }: Campaign): Cell =>
  spend === null ? 'cost unknown' : amountOf({ amount: spend, currency });

/** Where there is no figure no touch of the campaign is on such a deal: that is 0, and known. */
const credited = ({ currency }: Campaign, figure: Pick<Amounts, 'amount'> = { amount: '0' }): Cell =>
  amountOf({ ...figure, currency });

const ratio = (perUnit: string | null): Cell => (perUnit === null ? null : Number(perUnit).toFixed(2));
