import type { Conversion, Journey } from './journey.ts';
import type { Touch } from './touch.ts';

/** By what assists are told apart. */
export const SUBJECT_KINDS = ['person', 'member', 'team', 'campaign', 'channel', 'asset'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** A touch with whom and what it was made by; null: not known, and nobody is credited in their place. */
export interface AssistTouch extends Touch {
  /** whose it was */
  readonly person: string | null;
  /** who of us made it */
  readonly member: string | null;
  readonly team: string | null;
  readonly campaign: string | null;
  readonly asset: string | null;
}

/** What a subject did for one conversion: each at most once, however many touches it has there. */
export interface Assist {
  readonly kind: SubjectKind;
  readonly subject: string;
  /** holds the first touch */
  readonly sourced: boolean;
  /** holds a touch other than the last (Google Analytics, assisted conversions); sourcing is a kind of assisting */
  readonly assisted: boolean;
  /** holds the last touch */
  readonly closed: boolean;
}

/** Every subject on a journey, once, in the order of kinds and of their first touches. */
export function assistsOf({ touches }: Journey<AssistTouch>): Assist[] {
  return SUBJECT_KINDS.flatMap((kind) => {
    const found = new Map<string, Assist>();
    for (const [place, touch] of touches.entries()) {
      const subject = touch[kind];
      if (subject === null) continue;
      const before = found.get(subject);
      const isLast = place === touches.length - 1;
      found.set(subject, {
        kind,
        subject,
        sourced: before?.sourced === true || place === 0,
        assisted: before?.assisted === true || !isLast,
        closed: isLast,
      });
    }
    return [...found.values()];
  });
}

/** Deals in which a subject had part, by part. The columns overlap: one deal may count in all of them. */
export interface AssistCounts {
  readonly deals: number;
  readonly sourced: number;
  readonly assisted: number;
  readonly closed: number;
}

/** The same counts in lost deals are the control: who is on every path, won or lost, changes nothing. */
export interface AssistRow {
  readonly kind: SubjectKind;
  readonly subject: string;
  readonly won: AssistCounts;
  readonly lost: AssistCounts;
}

const NOTHING: AssistCounts = { deals: 0, sourced: 0, assisted: 0, closed: 0 };

/**
 * Assists by subject over many deals, sorted by kind and subject, whatever order the deals come in. Open deals are
 * censored: they count in neither column.
 */
export function tallyAssists(
  deals: Iterable<{ readonly outcome: Conversion['outcome']; readonly assists: readonly Assist[] }>,
): AssistRow[] {
  const rows = new Map<string, AssistRow>();
  for (const { outcome, assists } of deals) {
    if (outcome === 'open') continue;
    for (const assist of assists) {
      const { kind, subject } = assist;
      const key = JSON.stringify([kind, subject]);
      const row = rows.get(key) ?? { kind, subject, won: NOTHING, lost: NOTHING };
      rows.set(key, { ...row, [outcome]: counted(row[outcome], assist) });
    }
  }
  return [...rows.values()].sort(byKindAndSubject);
}

function counted(so: AssistCounts, { sourced, assisted, closed }: Assist): AssistCounts {
  return {
    deals: so.deals + 1,
    sourced: so.sourced + (sourced ? 1 : 0),
    assisted: so.assisted + (assisted ? 1 : 0),
    closed: so.closed + (closed ? 1 : 0),
  };
}

function byKindAndSubject(a: AssistRow, b: AssistRow): number {
  const kinds = SUBJECT_KINDS.indexOf(a.kind) - SUBJECT_KINDS.indexOf(b.kind);
  return kinds || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0);
}
