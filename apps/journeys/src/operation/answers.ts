import { pageSchema } from '@throughline/service';
import { z } from 'zod';

const text = z.string().nullable();
const count = z.int().min(0);
/** An offset: as text, since it may be larger than JSON numbers are exact. */
const offset = z.string().regex(/^\d+$/);
const place = { topic: z.string(), partition: z.int(), offset };

export const statusAnswer = z.object({
  projection: z.object({ name: z.string(), version: z.int(), schema: z.string() }),
  log: z
    .object({ answers: z.boolean(), reason: text })
    .describe('where it does not answer, what only it knows is null'),
  lag: z.object({ events: count.nullable(), seconds: z.number().nullable() }),
  accounting: z
    .object({ accepted: count, applied: count, parked: count, duplicates: count, balanced: z.boolean() })
    .describe('accepted = applied + parked + duplicates + unreadable records where balanced'),
  unreadable: z
    .object({
      records: count,
      batches: z.array(
        z.object({
          place: z.string().describe('names the batch for `parked discard`'),
          records: count,
          ...{ code: z.string(), reason: z.string(), discarded: z.boolean() },
        }),
      ),
    })
    .describe('batches that cannot be decoded: none of their records was applied'),
  transactionOffsets: count.describe('offsets of aborted records and of markers, which are no records'),
  parked: z.partialRecord(
    z.enum(['poison', 'gap', 'queued', 'discarded']),
    z.object({ events: count, keys: count }),
  ),
  conflicts: count,
  decisionConflicts: count.describe('those of decisions, and not accepted: they never take effect'),
  positions: z.array(
    z.object({
      topic: z.string(),
      partition: z.int(),
      position: offset.describe('of the next record to apply'),
      high: offset.nullable().describe('of the next record that the log will take'),
      events: count.nullable(),
      held: count.nullable().describe('offsets that an open transaction of a producer holds back'),
      seconds: z.number().nullable(),
      movedAt: text,
    }),
  ),
});

const entry = z.object({
  ...{ event_id: z.uuid(), source: z.string(), source_id: z.string(), name: z.string(), title: z.string() },
  ...{ occurred_at: text, occurred_precision: z.string(), inferred: z.array(z.string()) },
  ...{ recorded_at: z.string(), stream: text, version: z.int().nullable(), team: text, actor: text },
  ...{ visitor: text, person: text, other_person: text, account: text, other_account: text },
  ...{ lead: text, opportunity: text, campaign: text },
  data: z.record(z.string(), z.unknown()),
});

export const eventAnswer = z.object({
  id: z.uuid(),
  state: z.enum(['applied', 'parked', 'discarded', 'duplicate']),
  placement: z.object(place).nullable(),
  event: entry.nullable(),
  duplicates: z.array(z.object({ ...place, conflict: z.boolean() })),
  parked: z
    .object({ ...place, key: z.string(), state: z.string(), code: z.string(), reason: z.string() })
    .nullable(),
  hops: z.array(z.object({ by: z.string(), hop: z.string(), at: z.string() })),
});

export const digestsAnswer = pageSchema(
  z.object({
    table: z.string(),
    kind: z
      .enum(['full', 'content'])
      .describe('full: every column, what `verify` prints; content: what two logs of the same events share'),
    rows: count,
    digest: z.string(),
  }),
);

export const conflictsAnswer = pageSchema(
  z.object({ ...place, eventId: z.uuid(), standing: z.uuid(), name: text, source: text }),
);
