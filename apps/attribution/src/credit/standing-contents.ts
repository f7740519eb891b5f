import { isEvent, type JourneyEvent } from '@throughline/contracts';
import { loadSql, type Transaction } from '@throughline/postgres';
import type { Standing } from './concern.ts';

const standingOf = loadSql(import.meta.url, './sql/standing-contents.sql');

/**
 * What the evidence holds under the ids of facts that were sent with different content under keys of different
 * partitions: evidence and reactor may each have taken another one first, and the deals of both are concerned. Of
 * streams the later one is parked, and waits for somebody.
 */
export async function standingContents(
  tx: Transaction,
  contested: readonly JourneyEvent[],
): Promise<readonly Standing[]> {
  const facts = contested.filter(({ stream }) => stream === null);
  if (facts.length === 0) return [];
  const others = facts.filter((event) => !isEvent(event, 'touch.recorded'));
  const ids = (of: readonly JourneyEvent[]) => of.map(({ id }) => id);
  return (await tx.query<Standing>(standingOf, [ids(facts), ids(others)])).rows;
}
