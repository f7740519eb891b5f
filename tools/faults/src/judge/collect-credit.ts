import { creditFromScratch } from '@throughline/attribution-service/testing';
import { fromRecord, type JourneyEvent } from '@throughline/contracts';
import type { Log, LogRecord } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { readLog, readStore } from './collect.ts';
import type { CreditEvidence, InForce, Said } from './credit-evidence.ts';

/** What attribution said on the log, in its order. */
export async function readSaid(log: Log): Promise<Said[]> {
  return wholeCredits((await readLog(log, ['journey.attribution'])).map(said));
}

/** Credits of several events as one each, with the shares of all; what goes on without a beginning stays as it is. */
function wholeCredits(all: readonly Said[]): Said[] {
  const more = all.filter((each) => each.name === 'credit.continued');
  return all.map((each) => {
    if ((each.name !== 'credit.assigned' && each.name !== 'credit.revised') || each.data.parts === undefined)
      return each;
    const { parts, ...data } = each.data;
    const { id, version } = each.stream;
    const shares = new Map(
      more
        .filter(({ stream: s }) => s.id === id && s.version > version && s.version < version + parts)
        .map(({ stream: s, data: { shares: some } }) => [s.version, some]),
    );
    return { ...each, data: { ...data, shares: [...data.shares, ...[...shares.values()].flat()] } };
  });
}

function said(record: LogRecord): Said {
  const { partition, offset } = record;
  const { id, name, stream, data } = fromRecord(record);
  if (stream === null) throw new Error(`${name} ${id} belongs to no stream`);
  return { partition, offset, id, name, stream, data } as Said;
}

/** What is to be said of the won deals that a log tells of, repeats and what cannot be read left out. */
export function creditOf(records: readonly LogRecord[], saying: readonly Said[]): string[] {
  const events = new Map<string, JourneyEvent>();
  for (const record of records) {
    const event = readable(record);
    if (event !== null && !events.has(event.id)) events.set(event.id, event);
  }
  const definitions = saying.flatMap((each) =>
    each.name === 'attribution-model.defined' ? [each.data] : [],
  );
  return creditFromScratch([...events.values()], definitions);
}

function readable(record: LogRecord): JourneyEvent | null {
  try {
    return fromRecord(record);
  } catch {
    return null;
  }
}

/** From the service's own tables. */
export async function readCredit(
  database: Database,
): Promise<Pick<CreditEvidence, 'stored' | 'inForce' | 'left'>> {
  const inForce = await database.query<InForce>(
    'select opportunity, model, event_id as "eventId", said from credit',
  );
  const left = await database.query<CreditEvidence['left']>(
    `select (select count(*)::int from due_deal) as due,
            (select count(*)::int from recompute where done_at is null) as wishes`,
  );
  return {
    stored: await readStore(database, 'attribution'),
    inForce: inForce.rows,
    left: left.rows[0] ?? { due: 0, wishes: 0 },
  };
}
