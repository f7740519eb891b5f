import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { limitOption } from '../journey.ts';
import { nextPage, printable, say, show, table, type Cell } from '../output.ts';
import { UsageError } from '../usage.error.ts';
import { amountOf, type Amounts } from './amounts.ts';

type Item = Readonly<Record<string, Cell>>;

interface Deal extends Amounts {
  readonly opportunity: string;
  readonly outcome: string;
  readonly path: readonly Item[];
  readonly models: readonly {
    readonly model: { readonly id: string; readonly version: number };
    readonly shares: readonly { readonly touch: string; readonly weight: number }[];
    readonly unattributed: { readonly weight: number; readonly reason: string | null };
  }[];
}

interface Counts {
  readonly deals: number;
  readonly sourced: number;
  readonly assisted: number;
  readonly closed: number;
}

interface Assists {
  readonly items: readonly { readonly subject: string | null; readonly won: Counts; readonly lost: Counts }[];
  readonly total: Readonly<Record<'won' | 'lost' | 'untouched', number>>;
  readonly next: string | null;
}

interface Verification {
  readonly state: string;
  readonly error: string | null;
  readonly result: {
    readonly equal: boolean;
    readonly evidence: { readonly equal: boolean; readonly eventsRead: number };
    readonly credit: {
      readonly deals: number;
      readonly credits: number;
      readonly inForce: string;
      readonly fromScratch: string;
      readonly differing: readonly string[];
    };
  } | null;
}

const POLL_MS = 300;
const percent = (weight: number): string => (weight === 0 ? '' : `${(weight / 10_000).toFixed(1)} %`);

/** What is asked of single deals and of who had part in them, and the proof of it all. */
export function addDeals(attribution: Command): void {
  attribution
    .command('deal')
    .argument('<opportunity>')
    .description('one deal: the touches on its path and what each model gives them')
    .action(async (id: string, _options: object, command: Command) => {
      const path = `/v1/credit/opportunities/${encodeURIComponent(id)}`;
      show(command, await clientOf(command).get<Deal>('attribution', path), printDeal);
    });
  attribution
    .command('assists')
    .option('--by <subject>', 'member, person, team, campaign, channel or asset', 'member')
    .option('--from <day>', 'deals not closed before this day')
    .option('--to <day>', 'deals closed before this day')
    .option('--limit <number>', 'rows a page', limitOption, 100)
    .option('--cursor <cursor>', 'the next page')
    .description('who sourced, assisted and closed won deals, with lost ones as control')
    .action(async (options: Record<string, string | number>, command: Command) => {
      show(
        command,
        await clientOf(command).get<Assists>('attribution', '/v1/assists', options),
        printAssists,
      );
    });
  attribution
    .command('verify')
    .description(
      'prove credit: the log against the evidence, the evidence against all credit; exits 1 when it differs',
    )
    .action(async (_options: object, command: Command) => {
      const client = clientOf(command);
      await client.post('attribution', '/v1/credit/verify');
      let state: Verification;
      do {
        await pause(POLL_MS);
        state = await client.get<Verification>('attribution', '/v1/credit/verify');
      } while (state.state === 'running');
      if (state.result === null) throw new UsageError(`The verification failed: ${state.error}`);
      show(command, state.result, printProof);
      if (!state.result.equal) process.exitCode = 1;
    });
}

function printDeal(deal: Deal): void {
  say(printable(`${deal.opportunity}: ${deal.outcome}, ${amountOf(deal) ?? 'amount unknown'}`), '');
  const share = (of: Deal['models'][number], touch: Cell) =>
    percent(of.shares.find((it) => it.touch === touch)?.weight ?? 0);
  const names = deal.models.map(({ model }) =>
    model.version > 1 ? `${model.id} v${model.version}` : model.id,
  );
  table(
    ['touch', 'at', 'channel', 'by', ...names],
    [
      ...deal.path.map((it) => [
        ...[it['touch'], it['occurredAt'], it['channel'], it['member'] ?? it['team'] ?? null],
        ...deal.models.map((model) => share(model, it['touch'])),
      ]),
      [
        '(unattributed)',
        ...['', '', ''],
        ...deal.models.map(({ unattributed: { weight, reason } }) =>
          weight === 0 ? '' : `${percent(weight)} ${reason ?? ''}`.trim(),
        ),
      ],
    ],
  );
}

function printAssists({ items, total, next }: Assists): void {
  const cells = ({ deals, sourced, assisted, closed }: Counts): Cell[] => [deals, sourced, assisted, closed];
  table(
    ['', 'won', 'sourced', 'assisted', 'closed', 'lost', 'sourced', 'assisted', 'closed'],
    items.map(({ subject, won, lost }) => [subject, ...cells(won), ...cells(lost)]),
  );
  say('', `Of ${total.won} won and ${total.lost} lost deals; ${total.untouched} of them without any touch.`);
  nextPage(next);
}

function printProof({ equal, evidence, credit }: NonNullable<Verification['result']>): void {
  say(
    `Evidence: ${evidence.eventsRead} events read from the log, ${evidence.equal ? 'equal' : 'DIFFERENT'}.`,
  );
  say(`Credit: ${credit.credits} credits of ${credit.deals} deals`);
  say(`  in force     ${credit.inForce}`, `  from scratch ${credit.fromScratch}`);
  say(equal ? 'Equal, bit for bit.' : `DIFFERENT: ${credit.differing.join(', ')}`);
}
