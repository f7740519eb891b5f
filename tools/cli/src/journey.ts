import { InvalidArgumentError, type Command } from 'commander';
import { ProblemAnswer, type Client } from '@throughline/client';
import { clientOf, UsageError } from './context.ts';
import { nextPage, printable, say, show, table, when } from './output.ts';

const kinds = ['account', 'person', 'opportunity', 'lead', 'visitor'] as const;

interface Entry {
  readonly eventId: string;
  readonly title: string;
  readonly when: { readonly at: string | null; readonly precision: string };
  readonly inferred: readonly string[];
  readonly team: string | null;
  readonly actor: string | null;
  readonly anonymous: boolean | null;
  readonly withdrawn: { readonly reason: string | null } | null;
  readonly who: {
    readonly visitor: string | null;
    readonly person: string | null;
    readonly account: string | null;
  };
}

interface Members {
  readonly count: number;
  readonly ids: readonly string[];
}

interface Timeline {
  readonly subject: { readonly kind: string; readonly id: string } & Readonly<
    Record<'persons' | 'visitors' | 'leads' | 'opportunities', Members>
  >;
  readonly items: readonly Entry[];
  readonly next: string | null;
}

export const limitOption = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new InvalidArgumentError('It takes 1 to 1000.');
  return limit;
};

export function addJourney(program: Command): void {
  program
    .command('journey')
    .argument('<id>', 'of an account, person, opportunity, lead or visitor')
    .option('--kind <kind>', `${kinds.join(', ')}; found by itself when the id names one thing only`)
    .option('--source <source>', 'only what this system sent')
    .option('--limit <number>', 'entries a page', limitOption, 100)
    .option('--cursor <cursor>', 'the next page')
    .description('the timeline from first sight to closed deal, anonymous time included')
    .action(async (id: string, options: Record<string, string | number>, command: Command) => {
      const { kind, ...query } = options;
      const client = clientOf(command);
      const timeline = await (kind === undefined
        ? find(client, id, query)
        : read(client, String(kind), id, query));
      show(command, timeline, print);
    });
}

function read(
  client: Client,
  kind: string,
  id: string,
  query: Record<string, string | number>,
): Promise<Timeline> {
  if (!(kinds as readonly string[]).includes(kind))
    throw new UsageError(`--kind takes ${kinds.join(', ')}, not ${kind}.`);
  return client.get<Timeline>('journeys', `/v1/journeys/${kind}/${encodeURIComponent(id)}`, query);
}

/** Asks for every kind of thing that could have this id. */
async function find(client: Client, id: string, query: Record<string, string | number>): Promise<Timeline> {
  const found: Timeline[] = [];
  for (const kind of kinds) {
    const timeline = await read(client, kind, id, query).catch((error: unknown) => {
      if (error instanceof ProblemAnswer && error.status === 404) return null;
      throw error;
    });
    if (timeline && timeline.items.length > 0) found.push(timeline);
  }
  const [only, ...others] = found;
  if (!only)
    throw new UsageError(
      `Nothing is known of ${id}. It may be on its way (\`throughline status\`), or be spelt otherwise.`,
    );
  if (others.length > 0)
    throw new UsageError(
      `${id} names ${found.map(({ subject }) => `a ${subject.kind}`).join(' and ')}: choose with --kind.`,
    );
  return only;
}

/** A touch that was withdrawn stands where it stood, and says so first. */
function titleOf({ title, withdrawn }: Entry): string {
  if (withdrawn === null) return title;
  return `[withdrawn${withdrawn.reason === null ? '' : `: ${withdrawn.reason}`}] ${title}`;
}

function print({ subject, items, next }: Timeline): void {
  say(`${subject.kind} ${printable(subject.id)}`);
  for (const group of ['persons', 'visitors', 'leads', 'opportunities'] as const) {
    const { count, ids } = subject[group];
    if (count > 0)
      say(
        `  ${group}: ${ids.slice(0, 5).map(printable).join(', ')}${count > 5 ? ` and ${count - 5} more` : ''}`,
      );
  }
  say('');
  table(
    ['when', 'team', 'what', 'who'],
    items.map((entry) => [
      `${when(entry.when.at, entry.when.precision)}${entry.inferred.includes('time') ? ' (inferred)' : ''}`,
      entry.team,
      titleOf(entry),
      entry.anonymous
        ? `visitor ${entry.who.visitor} (anonymous then)`
        : (entry.actor ?? entry.who.person ?? entry.who.visitor),
    ]),
    'No event yet.',
  );
  nextPage(next);
}
