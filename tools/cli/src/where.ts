import type { Command } from 'commander';
import { ProblemAnswer, type Client, type ServiceName } from '@throughline/client';
import { clientOf, UsageError } from './context.ts';
import { say, show, table } from './output.ts';

interface Hop {
  readonly by: string;
  readonly hop: string;
  readonly at: string;
}

interface EventDetail {
  readonly state: string;
  readonly placement: { readonly topic: string; readonly partition: number; readonly offset: string } | null;
  readonly event: { readonly name?: string } | null;
  readonly duplicates: readonly unknown[];
  readonly hops: readonly Hop[];
}

export function addWhere(program: Command): void {
  program
    .command('where')
    .argument('<event id>', 'as an answer of a door gave it')
    .description('where an event is: each hop with its time')
    .action(async (id: string, _options: object, command: Command) => {
      const client = clientOf(command);
      const detail = await found(client.get<EventDetail>('journeys', `/v1/events/${encodeURIComponent(id)}`));
      const hops = [...(detail?.hops ?? []), ...(await serviceHops(client, id))].sort((a, b) =>
        a.at < b.at ? -1 : 1,
      );
      if (!detail && hops.length === 0)
        throw new UsageError(
          `No service knows event ${id}. If its door answered 422, look in \`throughline quarantine list\`.`,
        );
      show(command, { id, ...detail, hops }, () => {
        const at = detail?.placement;
        say(
          `${detail?.event?.name ?? 'event'} ${id}: ${detail?.state ?? 'on its way, not applied yet'}${detail?.duplicates.length ? ` (${detail.duplicates.length} repeats dropped)` : ''}`,
        );
        if (at) say(`  in the log at ${at.topic}, partition ${at.partition}, offset ${at.offset}`);
        say('');
        table(
          ['at', 'hop', 'by'],
          hops.map((hop) => [hop.at, hop.hop, hop.by]),
        );
      });
    });
}

async function serviceHops(client: Client, id: string): Promise<Hop[]> {
  const services: readonly ServiceName[] = ['touches', 'leads', 'opportunities', 'attribution'];
  const answers = await Promise.all(
    services.map((service) =>
      found(client.get<{ items: readonly Hop[] }>(service, `/v1/hops/${service}/${encodeURIComponent(id)}`)),
    ),
  );
  return answers.flatMap((answer) => answer?.items ?? []);
}

async function found<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (error instanceof ProblemAnswer && error.status === 404) return null;
    throw error;
  });
}
