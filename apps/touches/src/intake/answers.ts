import {
  answer,
  complete,
  formatAfter,
  furthest,
  MOST_PLACES,
  type Answer,
  type After,
} from '@throughline/service';
import { z } from 'zod';
import type { Taken } from './intake.ts';
import type { Refused } from './judge.ts';

const position = z.object({ topic: z.string(), partition: z.int(), offset: z.string() });

/** A fact that was taken. `position` is null while it waits in the outbox; `after` makes a query wait for it. */
export const takenSchema = z.object({ id: z.uuid(), position: position.nullable(), after: z.string() });

export const resultsSchema = z.object({
  results: z.array(
    z.union([
      takenSchema.extend({ status: z.literal(202) }),
      z.object({ status: z.literal(422), quarantine: z.uuid(), problem: z.unknown() }),
      z.object({ status: z.literal(507), quarantine: z.null(), problem: z.unknown() }),
    ]),
  ),
  after: z
    .string()
    .nullable()
    .meta({
      description:
        'Makes a query wait for all that was taken. Null where nothing was, and where it would name more than ' +
        `${MOST_PLACES} places, as when a large batch waits in the outbox: each result has its own.`,
    }),
});

const PROBLEM = { 'content-type': 'application/problem+json' };

/** One item: 202 with where it is, a 422 problem with its quarantine id, or 507 where that is full. */
export function singleAnswer(taken: Taken): Answer {
  if ('id' in taken) return answer(202, bodyOf(taken));
  if (taken.quarantine === null) return answer(507, notKept(taken.refused), PROBLEM, causesOf([taken]));
  const body = { ...problemOfItem(taken.refused), quarantine: taken.quarantine };
  return answer(422, body, PROBLEM, causesOf([taken]));
}

/** A batch: 202 when all were taken, 207 when some were, 422 when none was (507 where the
 * quarantine is full); one result an item, in order. */
export function batchAnswer(items: readonly Taken[]): Answer {
  const results = items.map((taken) => {
    if ('id' in taken) return { status: 202, ...bodyOf(taken) };
    const { quarantine, refused } = taken;
    return quarantine === null
      ? { status: 507, quarantine, problem: notKept(refused) }
      : { status: 422, quarantine, problem: problemOfItem(refused) };
  });
  const taken = items.flatMap((item) => ('id' in item ? [item.place] : []));
  const after = afterAll(taken);
  const none = items.some((item) => 'quarantine' in item && item.quarantine === null) ? 507 : 422;
  const status = taken.length === items.length ? 202 : taken.length > 0 ? 207 : none;
  return answer(status, { results, after }, {}, causesOf(items));
}

/** What makes a query wait for all of these; null for none, and for more places than a query takes. */
export function afterAll(taken: readonly After[]): string | null {
  const places = furthest(taken);
  return places.length === 0 || places.length > MOST_PLACES ? null : formatAfter(places);
}

function bodyOf({ id, place }: { id: string; place: After }) {
  const at =
    place.kind === 'position'
      ? { topic: place.topic, partition: place.partition, offset: place.offset.toString() }
      : null;
  return { id, position: at, after: formatAfter([place]) };
}

function problemOfItem({ code, field, reason, remedy }: Refused) {
  const named = field === null ? {} : { field };
  return complete({ status: 422, code, detail: reason, ...named, remedy });
}

/** Neither taken nor kept: the caller has the only copy. */
function notKept({ field, reason, remedy }: Refused) {
  return complete({
    status: 507,
    code: 'quarantine-full',
    detail: `It is not valid (${reason}), and the quarantine is full: it was not kept.`,
    ...(field === null ? {} : { field }),
    remedy: `Keep it. ${remedy} Operators make room by replaying or discarding what waits in quarantine.`,
  });
}

function causesOf(items: readonly Taken[]): unknown[] {
  return items.flatMap((taken) =>
    'refused' in taken && taken.refused.cause !== undefined ? [taken.refused.cause] : [],
  );
}
