import type { Command } from 'commander';
import { canonicalJson, eventId } from '@throughline/contracts';
import { inWords, ProblemAnswer, type Client } from '@throughline/client';
import { clientOf, UsageError } from './context.ts';
import { printable, say, show } from './output.ts';

interface Options {
  readonly source?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly at?: string;
}

interface Withdrawn {
  /** the platform's id of the touch, as in journeys */
  readonly touch: string;
  /** that of the withdrawal */
  readonly withdrawal: string;
  /** name of the event that has the touch's id, null where none came yet */
  readonly found: string | null;
}

/** As whose and which event a touch came. */
interface Sent {
  readonly id: string;
  readonly source: string;
}

interface Known {
  readonly event: { readonly name: string; readonly source: string; readonly source_id: string } | null;
}

const TOUCH = 'touch.recorded';

export function addWithdraw(program: Command): void {
  program
    .command('withdraw')
    .argument('<touch id>', 'the id of its event; with --source, the id that it was sent with')
    .option('--source <source>', 'who sent it; a plain touch that named nobody: /v1/touches')
    .option('--reason <reason>', 'why it never was')
    .option('--by <member>', 'who says so')
    .option('--at <time>', 'when that was found out, RFC 3339; undated unless told')
    .description('say that a touch never was; it stays in journeys, struck, and counts nowhere')
    .addHelpText(
      'after',
      '\nThere is no way back, and a repeat changes nothing.\nTo correct a touch, withdraw it and emit another, under an id of its own:\n' +
        '  throughline withdraw t-1 --source shop --reason "wrong channel"\n' +
        `  throughline emit corrected.jsonl        # {"id":"t-1-corrected","source":"shop","type":"throughline.${TOUCH}.v1",…}`,
    )
    .action(async (id: string, options: Options, command: Command) => {
      const client = clientOf(command);
      const sent = options.source === undefined ? await sentAs(client, id) : { id, source: options.source };
      const withdrawn = await withdraw(client, sent, options);
      show(command, withdrawn, ({ touch, found }) => {
        const named = `${printable(sent.id)} of ${printable(sent.source)}`;
        if (found === TOUCH) say(`Withdrawn: touch ${named} (${touch}).`);
        else if (found === null)
          say(`No touch ${named} has come yet. Check both; should it come, it is withdrawn.`);
        else say(`${named} is no touch but a ${found}, so nothing is withdrawn.`);
      });
      if (withdrawn.found !== TOUCH) process.exitCode = 1;
    });
}

/** How a touch was sent that journeys have. @throws UsageError where they have none of this id */
async function sentAs(client: Pick<Client, 'get'>, id: string): Promise<Sent> {
  const known = await client
    .get<Known>('journeys', `/v1/events/${encodeURIComponent(id)}`)
    .catch((error: unknown) => {
      if (error instanceof ProblemAnswer && [404, 422].includes(error.status)) return { event: null };
      throw error;
    });
  if (known.event?.name === TOUCH) return { id: known.event.source_id, source: known.event.source };
  const is = known.event === null ? 'There is no event' : `A ${known.event.name}, and no touch, is the event`;
  throw new UsageError(
    printable(`${is} ${id}. Name the touch by the id it was sent with, and --source by who sent it.`),
  );
}

/** Sent under an id that follows from all that it says: the same again is the same event, and another reason another one. */
async function withdraw(
  client: Pick<Client, 'emit' | 'get'>,
  { id, source }: Sent,
  { reason, by, at }: Options,
): Promise<Withdrawn> {
  const data = { touch: id, reason: reason ?? null, by: by ?? null };
  const event = {
    ...{ specversion: '1.0', id: eventId(source, canonicalJson({ ...data, at: at ?? null })), source },
    ...{ type: 'throughline.touch.withdrawn.v1', ...(at === undefined ? {} : { time: at }), data },
  };
  const answer = await client.emit<{ id?: string; after?: string } & Readonly<Record<string, unknown>>>(
    JSON.stringify(event),
    'application/cloudevents+json',
  );
  if (answer.id === undefined || answer.after === undefined)
    throw new UsageError(`Refused: ${inWords(answer)}`);
  const touch = eventId(source, id);
  return { touch, withdrawal: answer.id, found: await nameOf(client, touch, answer.after) };
}

/** What has this id in journeys, once they have the withdrawal. */
async function nameOf(client: Pick<Client, 'get'>, id: string, after: string): Promise<string | null> {
  try {
    const { event } = await client.get<Known>('journeys', `/v1/events/${id}`, { after });
    return event?.name ?? null;
  } catch (error) {
    if (!(error instanceof ProblemAnswer)) throw error;
    if (error.status === 404) return null;
    throw new UsageError(
      `It is withdrawn, or will be when it comes; journeys cannot say which now. ${error.message}`,
    );
  }
}
