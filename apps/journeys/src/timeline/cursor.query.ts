import { badCursor } from '@throughline/service';
import { z } from 'zod';

/** Where a page of a timeline ended: a place in the order, which stays where it is when events arrive. */
export interface Cursor {
  readonly occurred_at: string | null;
  readonly tie: string;
  readonly version: number | null;
  readonly event_id: string;
}

const shape = z.tuple([z.iso.datetime().nullable(), z.string(), z.int().nullable(), z.uuid()]);

export function writeCursor({ occurred_at, tie, version, event_id }: Cursor): string {
  return Buffer.from(JSON.stringify([occurred_at, tie, version, event_id])).toString('base64url');
}

/** @throws ProblemError when the text is not one that `writeCursor` gave */
export function readCursor(text: string): Cursor {
  const read = shape.safeParse(parsed(Buffer.from(text, 'base64url').toString()));
  if (read.success) {
    const [occurred_at, tie, version, event_id] = read.data;
    return { occurred_at, tie, version, event_id };
  }
  throw badCursor();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
