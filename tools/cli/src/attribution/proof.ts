import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Client, Page } from '@throughline/client';
import { clientOf } from '../context.ts';
import { printable, say, show, table } from '../output.ts';
import { UsageError } from '../usage.error.ts';
import { printCoverage, type Covered } from '../coverage.ts';
import { example } from './asked.ts';

interface Verification {
  readonly state: string;
  readonly error: string | null;
  readonly result: {
    readonly equal: boolean;
    readonly complete: boolean;
    readonly evidence: { readonly equal: boolean; readonly coverage: readonly Covered[] };
    readonly credit: {
      readonly deals: number;
      readonly credits: number;
      readonly inForce: string;
      readonly fromScratch: string;
      readonly differing: readonly string[];
    };
    readonly rates: { readonly equal: boolean; readonly differing: readonly string[] };
  } | null;
}

interface Wish {
  readonly id: string;
  readonly reason: string;
  readonly closedFrom: string | null;
  readonly seen: number;
  readonly revised: number;
  readonly askedAt: string;
  readonly doneAt: string | null;
}

const POLL_MS = 300;
const WISHES = '/v1/credit/recompute';

/** The proof of all credit, and crediting anew. */
export function addProof(attribution: Command): void {
  const verify = attribution
    .command('verify')
    .description(
      'prove credit: read the whole log anew, credit every deal anew, compare, exchange rates too; exits 1 when it differs',
    )
    .action(async (_options: object, command: Command) => {
      const client = clientOf(command);
      await client.post('attribution', '/v1/credit/verify');
      let state: Verification;
      const told = patience();
      do {
        await pause(POLL_MS);
        told('reading the log and crediting every deal anew');
        state = await client.get<Verification>('attribution', '/v1/credit/verify');
      } while (state.state === 'running');
      if (state.result === null) throw new UsageError(`The verification failed: ${state.error}`);
      show(command, state.result, printProof);
      if (!state.result.equal || !state.result.complete) process.exitCode = 1;
    });
  example(verify, 'throughline attribution verify');
  const recompute = attribution
    .command('recompute')
    .option('--reason <text>', 'start it, and why; kept with it')
    .description(
      'credit every deal anew, say what differs, and write rows again that were altered; without --reason, list when',
    )
    .action(async ({ reason }: { reason?: string }, command: Command) => {
      const client = clientOf(command);
      if (reason === undefined) {
        return show(command, await client.get<Page<Wish>>('attribution', WISHES), ({ items }) =>
          printWishes(items),
        );
      }
      const { id } = await client.post<{ id: string }>('attribution', WISHES, { reason });
      show(command, await ended(client, id), (wish) => {
        say(
          `${wish.seen} deals were credited anew; ${wish.revised} credits or rates differed and were replaced.`,
        );
      });
    });
  example(recompute, 'throughline attribution recompute --reason "verify found a deal that differs"');
}

/** Waits for its end. @throws UsageError where it is too long ago to be listed */
async function ended(client: Client, id: string): Promise<Wish> {
  const told = patience();
  for (;;) {
    const { items } = await client.get<Page<Wish>>('attribution', WISHES);
    const wish = items.find((it) => it.id === id);
    if (wish === undefined)
      throw new UsageError(`Nothing is known of ${id} any more: many more were asked for.`);
    if (wish.doneAt !== null) return wish;
    told(`${wish.seen} deals were credited anew`);
    await pause(POLL_MS);
  }
}

const SAID_EVERY_MS = 5_000;

/** What is under way, told every few seconds on standard error: how much is to come nobody knows. */
function patience(): (so: string) => void {
  const started = Date.now();
  let said = started;
  return (so) => {
    const now = Date.now();
    if (now - said < SAID_EVERY_MS) return;
    said = now;
    process.stderr.write(`${Math.round((now - started) / 1_000)} s: ${so} …\n`);
  };
}

function printWishes(items: readonly Wish[]): void {
  const at = (instant: string | null) => instant?.slice(0, 19).replace('T', ' ') ?? 'not yet';
  table(
    ['asked for', 'why', 'deals closed', 'deals', 'credits changed', 'done'],
    items.map((it) => [
      ...[at(it.askedAt), it.reason, it.closedFrom === null ? 'at any time' : `from ${at(it.closedFrom)}`],
      ...[it.seen, it.revised, at(it.doneAt)],
    ]),
    'No deal was ever asked to be credited anew.',
  );
  say('', 'Start one: throughline attribution recompute --reason <text>');
}

function printProof({ equal, complete, evidence, credit, rates }: NonNullable<Verification['result']>): void {
  printCoverage(evidence.coverage);
  say(`Touches, people and deals: ${evidence.equal ? 'equal' : 'DIFFERENT'}.`);
  say(`Credit of ${credit.deals} deals, ${credit.credits} credits by deal and model; as a digest`);
  say(`  in force     ${credit.inForce}`, `  from scratch ${credit.fromScratch}`);
  say(`Exchange rates, as they were set last: ${rates.equal ? 'equal' : 'DIFFERENT'}.`);
  if (equal && complete) return say('Equal, bit for bit.');
  if (equal) return say('NOT PROVEN: equal as far as the log was read, and it was not read whole.');
  const named = [...credit.differing, ...rates.differing].join(', ') || 'what the log says';
  say(
    printable(
      `DIFFERENT: ${named}. \`throughline attribution recompute --reason …\` mends credit and rates.`,
    ),
  );
}
