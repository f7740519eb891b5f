import type { Queryable } from '@throughline/postgres';
import { pageFrom, type Slice } from '@throughline/service';

/** By what assists are told apart, and where it stands. */
export const subjects = {
  person: 'p.person',
  member: 't.actor',
  team: 't.team',
  campaign: 't.campaign',
  channel: 't.channel',
  asset: 't.asset',
} as const;
export type Subject = keyof typeof subjects;

export interface AssistsAsk extends Slice {
  readonly by: Subject;
  readonly from: string | null;
  readonly to: string | null;
}

export interface AssistRow {
  /** null: touches of which it is not known, shown as such and credited to nobody */
  readonly subject: string | null;
  readonly won: AssistCounts;
  /** the control: who is on every path, won or lost, changes nothing */
  readonly lost: AssistCounts;
}

interface AssistCounts {
  readonly deals: number;
  readonly sourced: number;
  readonly assisted: number;
  readonly closed: number;
}

const counts = (outcome: string) => `
  json_build_object('deals', count(*) filter (where outcome = '${outcome}'),
    'sourced', count(*) filter (where outcome = '${outcome}' and sourced),
    'assisted', count(*) filter (where outcome = '${outcome}' and assisted),
    'closed', count(*) filter (where outcome = '${outcome}' and closed)) as ${outcome}`;

/** Each deal counts once a subject, however many touches of it are on the path: first, other than last, last. */
const onDeals = (column: string) => `
  select d.opportunity, d.outcome, ${column} as subject, bool_or(p.place = 1) as sourced,
         bool_or(p.place < e.last) as assisted, bool_or(p.place = e.last) as closed
    from deal d join deal_touch p on p.opportunity = d.opportunity
    join evidence.touch t on t.event_id = p.touch
   cross join lateral (select max(place) as last from deal_touch l where l.opportunity = d.opportunity) e
   where d.outcome <> 'open' and ($1::timestamptz is null or d.closed_at >= $1)
     and ($2::timestamptz is null or d.closed_at < $2)
   group by d.opportunity, d.outcome, ${column}`;

/**
 * Who sourced, assisted and closed won deals, with the same counts in lost ones. Sourced holds the first touch of a
 * path, closed the last, assisted any other than the last (Google Analytics, assisted conversions). Open deals are
 * censored: they count in neither. The columns overlap; they are no credit.
 */
export async function assists(db: Queryable, { by, from, to, limit, offset }: AssistsAsk) {
  const { rows } = await db.query<AssistRow>(
    `with part as (${onDeals(subjects[by])})
     select subject, ${counts('won')}, ${counts('lost')}
       from part group by subject
      order by count(*) filter (where outcome = 'won') desc, subject collate "C" nulls last limit $3 offset $4`,
    [from, to, limit + 1, offset],
  );
  const { rows: deals } = await db.query<{ won: number; lost: number; untouched: number }>(
    `select count(*) filter (where outcome = 'won')::int as won, count(*) filter (where outcome = 'lost')::int as lost,
            count(*) filter (where outcome <> 'open'
              and not exists (select 1 from deal_touch p where p.opportunity = d.opportunity))::int as untouched
       from deal d where ($1::timestamptz is null or closed_at >= $1) and ($2::timestamptz is null or closed_at < $2)`,
    [from, to],
  );
  return {
    ...pageFrom(rows, { limit, offset }),
    total: deals[0] ?? { won: 0, lost: 0, untouched: 0 },
  };
}
