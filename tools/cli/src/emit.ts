import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { inWords, type Client } from '@throughline/client';
import { clientOf, UsageError } from './context.ts';
import { batchesOf, bodyOf, itemsOf, type Item } from './emit-items.ts';
import { progress, say, show, table } from './output.ts';

/** A problem itself where a single event was refused. */
interface ItemAnswer extends Readonly<Record<string, unknown>> {
  readonly id?: string;
  readonly quarantine?: string;
  readonly after?: string;
  readonly problem?: Readonly<Record<string, unknown>>;
}

interface Answered {
  readonly answers: readonly ItemAnswer[];
  readonly after: string | null;
}

interface Refusal {
  /** its line, or its place in an array */
  readonly line: number;
  readonly reason: string;
  readonly quarantine: string | null;
}

export interface Emitted {
  readonly sent: number;
  readonly accepted: number;
  /** makes a query wait for all of it; null where that takes more places than a query does */
  readonly after: string | null;
  readonly refusals: readonly Refusal[];
}

export function addEmit(program: Command): void {
  program
    .command('emit')
    .argument('<file>', 'CloudEvents as JSON, one a line or one array; - reads standard input')
    .description('send facts (touches, identities, accounts, members, spend) to the log')
    .addHelpText(
      'after',
      '\nExits 1 when one was refused.\nExample of a line:\n  {"specversion":"1.0","id":"t-1","source":"shop","type":"throughline.touch.recorded.v1",' +
        '"time":"2026-03-01T09:30:00Z","data":{"touchType":"page-view","kind":"activity","visitor":"v-1"}}',
    )
    .action(async (file: string, _options: object, command: Command) => {
      const { unit, items } = itemsOf(await read(file));
      if (items.length === 0)
        throw new UsageError(`${file === '-' ? 'Standard input' : file} holds no event.`);
      const bar = progress('Emit');
      const emitted = await emit(clientOf(command), items, (done) => bar.update(done, items.length)).finally(
        () => bar.stop(),
      );
      show(command, emitted, ({ sent, accepted, refusals }) => {
        say(`${accepted} of ${sent} accepted.`);
        if (refusals.length > 0)
          table(
            [unit, 'quarantine', 'reason'],
            refusals.map((each) => [each.line, each.quarantine, each.reason]),
          );
      });
      if (emitted.refusals.length > 0) process.exitCode = 1;
    });
}

/** Sends every item; one that is refused, or too large for the door, keeps no other back. */
export async function emit(
  client: Pick<Client, 'emit'>,
  items: readonly Item[],
  onProgress: (done: number) => void = () => undefined,
): Promise<Emitted> {
  const refusals: Refusal[] = [];
  const places = new Map<string, string>();
  let done = 0;
  let isNamed = true;
  for (const batch of batchesOf(items)) {
    const { answers, after } = await send(client, batch);
    refusals.push(...refused(batch, answers));
    if (after === null && answers.some(({ id }) => id !== undefined)) isNamed = false;
    for (const place of after?.split(',') ?? []) keepFurthest(places, place);
    onProgress((done += batch.length));
  }
  const after = isNamed && places.size <= MOST_PLACES ? [...places.values()].join(',') || null : null;
  return { sent: items.length, accepted: items.length - refusals.length, after, refusals };
}

/** As many as a query takes; more there are only while facts wait in the outbox. */
const MOST_PLACES = 50;

/** Of several places in one partition the furthest says all. */
function keepFurthest(places: Map<string, string>, place: string): void {
  const [, partition = place, offset = '0'] = /^(.+\/\d+)\/(\d+)$/.exec(place) ?? [];
  const other = /\d+$/.exec(places.get(partition) ?? '')?.[0] ?? '-1';
  if (BigInt(offset) > BigInt(other)) places.set(partition, place);
}

async function read(file: string): Promise<Buffer> {
  try {
    return await (file === '-' ? buffer(process.stdin) : readFile(file));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

async function send(client: Pick<Client, 'emit'>, batch: readonly Item[]): Promise<Answered> {
  const [only] = batch;
  if (only && batch.length === 1) {
    const answer = await client.emit<ItemAnswer>(only.bytes, 'application/cloudevents+json');
    return { answers: [{ problem: answer, ...answer }], after: answer.after ?? null };
  }
  const { results, after } = await client.emit<{ results: readonly ItemAnswer[]; after: string | null }>(
    bodyOf(batch),
    'application/cloudevents-batch+json',
  );
  return { answers: results, after };
}

function refused(batch: readonly Item[], answers: readonly ItemAnswer[]): Refusal[] {
  return answers.flatMap((answer, index) =>
    answer.id !== undefined
      ? []
      : [
          {
            line: batch[index]?.at ?? 0,
            reason: inWords(answer.problem ?? {}),
            quarantine: answer.quarantine ?? null,
          },
        ],
  );
}
