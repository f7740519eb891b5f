import type { Database } from '@throughline/postgres';

/** Topics that only decisions go to: a second event of one version is a decision that never takes effect. */
const TOPICS = ['journey.leads', 'journey.opportunities'];

/** What is to be done about them. */
export const CONFLICTS_REMEDY =
  'Decisions were sent for versions that the log has already, so they never take effect. GET /v1/conflicts lists them; ' +
  'see that the stores of the services are right (`throughline restore-store --dry-run`), decide them anew, then POST ' +
  '/v1/conflicts/accept with the reason.';

/** How many decisions never take effect as another event has their version, less those that were accepted. */
export async function decisionConflicts(database: Database): Promise<number> {
  const { rows } = await database.query<{ open: number }>(
    `select count(*)::int as open
       from journeys_read.repeat r
      where r.conflict and r.topic = any ($1)
        and not exists (
          select from projection.accepted_conflict a
           where a.topic = r.topic and a.partition = r.partition and a."offset" = r."offset"
        )`,
    [TOPICS],
  );
  return rows[0]?.open ?? 0;
}

/** From now on those that there are count as known. @returns how many */
export async function acceptConflicts(database: Database, reason: string): Promise<number> {
  const { rowCount } = await database.query(
    `insert into projection.accepted_conflict (topic, partition, "offset", reason)
     select distinct topic, partition, "offset", $1::text from journeys_read.repeat where conflict
     on conflict do nothing`,
    [reason],
  );
  return rowCount;
}
