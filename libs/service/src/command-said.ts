import {
  ContractError,
  eventId,
  id,
  readOccurrence,
  refuseAhead,
  type Occurrence,
} from '@throughline/contracts';
import { z } from 'zod';
import { ProblemError } from './problem.ts';

/** Lists of names travel joined by commas, so a name with one would come out as two. */
const fieldName = id.regex(/^[^\s,]([^,]*[^\s,])?$/, 'must name one field, without commas');

/** What may be said of any command, beside its own `data`. */
export const said = z.strictObject({
  occurredAt: z
    .string()
    .nullable()
    .optional()
    .describe('When it was decided, RFC 3339; left out: now; null: not known'),
  precision: z.enum(['instant', 'day', 'month', 'unknown']).optional(),
  inferred: z
    .array(fieldName)
    .max(100)
    .default([])
    .describe('Names of the fields that were concluded and not said'),
  source: id.optional().describe('The system that says it; becomes the CloudEvents source of what it causes'),
});

export type Said = z.output<typeof said>;

/** One item of a batch of commands. `data` is what the single route of that command takes. */
export const batchItem = said.extend({
  command: z.string().describe('The last part of the command’s own route, e.g. follow-up'),
  id: id.optional().describe('The entity; may be left out where the command creates it and has a key'),
  idempotencyKey: id.optional(),
  expectedVersion: z.int().min(0).optional(),
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  data: z.unknown().optional(),
});

/**
 * When a command says it happened. Left out it is the moment of its arrival: a decision is taken when it is asked for.
 * @throws ContractError naming `occurredAt` or `precision`
 */
export function occurrenceOf({ occurredAt, precision }: Said, recordedAt: string): Occurrence {
  if (occurredAt === undefined && precision === undefined)
    return { occurredAt: recordedAt, precision: 'instant' };
  try {
    const occurrence = readOccurrence(occurredAt ?? null, precision ?? null);
    refuseAhead(occurrence.occurredAt, recordedAt);
    return occurrence;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    const field = error.field === 'time' ? '/occurredAt' : `/${error.field ?? ''}`;
    throw new ContractError(error.code, field, error.message, error.remedy);
  }
}

/** The Idempotency-Key header, null when there is none. @throws ProblemError 422 */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (/^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw new ProblemError({
    status: 422,
    code: 'invalid-header',
    detail: 'Idempotency-Key is not 1 to 200 visible ASCII characters.',
    field: 'Idempotency-Key',
    remedy: 'Send one id per command, such as a UUID, and the same one when you repeat it.',
  });
}

/** The If-Match header as the version expected; undefined when there is none. @throws ProblemError 422 */
export function expectedOf(header: string | undefined): number | 'exists' | undefined {
  if (header === undefined) return undefined;
  if (header === '*') return 'exists';
  const version = /^"?(\d{1,15})"?$/.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  throw new ProblemError({
    status: 422,
    code: 'invalid-header',
    detail: 'If-Match is not a version.',
    field: 'If-Match',
    remedy: 'Send the ETag of the answer you have read, such as "3", or leave it out.',
  });
}

/** The id of a new entity: as sent, else made from the command's key, so that a repeat makes the same. */
export function newId(sent: string | undefined, source: string, key: string | null, entity: string): string {
  if (sent !== undefined) return sent;
  if (key !== null) return eventId(source, `${key}:${entity}`);
  throw new ProblemError({
    status: 422,
    code: 'missing-id',
    detail: `Which ${entity} is not said.`,
    field: '/id',
    remedy: `Send id, or an Idempotency-Key from which the id of the new ${entity} is made.`,
  });
}
