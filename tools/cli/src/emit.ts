import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { inWords, type Client } from '@throughline/client';
import { clientOf, UsageError } from './context.ts';
import { progress, say, show, table } from './output.ts';

interface Item {
  readonly line: number;
  readonly text: string;
}

interface ItemAnswer {
  readonly status: number;
  readonly id?: string;
  readonly quarantine?: string;
  readonly after?: string;
  readonly problem?: Readonly<Record<string, unknown>>;
}

interface Refusal {
  readonly line: number;
  readonly reason: string;
  readonly quarantine: string | null;
}

const MOST_ITEMS = 500;
const MOST_BYTES = 700_000;

export function addEmit(program: Command): void {
  program
    .command('emit')
    .argument('<file>', 'CloudEvents as JSON, one a line or one array; - reads standard input')
    .description('send facts (touches, identities, accounts, members, spend) to the log')
    .addHelpText(
      'after',
      '\nExample of a line:\n  {"specversion":"1.0","id":"t-1","source":"shop","type":"throughline.touch.recorded.v1",' +
        '"time":"2026-03-01T09:30:00Z","data":{"touchType":"page-view","kind":"activity","visitor":"v-1"}}',
    )
    .action(async (file: string, _options: object, command: Command) => {
      const items = await readItems(file);
      if (items.length === 0) throw new UsageError(`${file} holds no event.`);
      const bar = progress('Emit');
      const refusals: Refusal[] = [];
      let done = 0;
      let after: string | null = null;
      for (const batch of cut(items)) {
        const answers = await send(clientOf(command), batch);
        refusals.push(...refused(batch, answers));
        after = answers.findLast(({ after: token }) => token !== undefined)?.after ?? after;
        bar.update((done += batch.length), items.length);
      }
      bar.stop();
      show(command, { sent: items.length, accepted: items.length - refusals.length, after, refusals }, () => {
        say(`${items.length - refusals.length} of ${items.length} accepted.`);
        if (refusals.length > 0)
          table(
            ['line', 'quarantine', 'reason'],
            refusals.map((each) => [each.line, each.quarantine, each.reason]),
          );
      });
      if (refusals.length > 0) process.exitCode = 1;
    });
}

/** One array, or one event a line; a line that is no JSON is kept as it is, so that the door can quarantine it. */
async function readItems(file: string): Promise<Item[]> {
  const lines: Item[] = [];
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity }))
      lines.push({ line: lines.length + 1, text });
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const whole = parsed(lines.map(({ text }) => text).join('\n'));
  if (Array.isArray(whole))
    return whole.map((item, index) => ({ line: index + 1, text: JSON.stringify(item) }));
  if (whole !== undefined) return [{ line: 1, text: JSON.stringify(whole) }];
  return lines.filter(({ text }) => text.trim() !== '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Batches that the door takes whole; what is no JSON goes alone, so that it spoils no other. */
function cut(items: readonly Item[]): Item[][] {
  const batches: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const alone = parsed(item.text) === undefined;
    const full = (batches.at(-1)?.length ?? 0) >= MOST_ITEMS || bytes + item.text.length > MOST_BYTES;
    if (alone || full) {
      batches.push([item]);
      bytes = alone ? Infinity : item.text.length;
    } else {
      batches.at(-1)?.push(item);
      bytes += item.text.length;
    }
  }
  return batches;
}

async function send(client: Client, batch: readonly Item[]): Promise<readonly ItemAnswer[]> {
  const [only] = batch;
  if (only && batch.length === 1) {
    const answer = await client.emit<ItemAnswer & Record<string, unknown>>(
      only.text,
      'application/cloudevents+json',
    );
    return [answer.problem ? answer : { ...answer, problem: answer }];
  }
  const body = `[${batch.map(({ text }) => text).join(',')}]`;
  const { results } = await client.emit<{ results: readonly ItemAnswer[] }>(
    body,
    'application/cloudevents-batch+json',
  );
  return results;
}

function refused(batch: readonly Item[], answers: readonly ItemAnswer[]): Refusal[] {
  return answers.flatMap((answer, index) =>
    answer.id !== undefined
      ? []
      : [
          {
            line: batch[index]?.line ?? 0,
            reason: inWords(answer.problem ?? {}),
            quarantine: answer.quarantine ?? null,
          },
        ],
  );
}
