import { pageSchema } from '@throughline/service';
import { z } from 'zod';

const text = z.string().nullable();
const count = z.int();
const figure = z.number().nullable();
/** Four places; null where there is nothing to divide by. */
const percent = figure;
const spreadOf = z.object({
  n: count,
  ...{ min: figure, p25: figure, median: figure, mean: figure, p75: figure, p90: figure, max: figure },
});
/** As text: minor units may be beyond 2^53, which JSON numbers do not carry. */
const exact = z.string().describe('a decimal number as text, exact beyond 2^53');
const exactSpread = z.object({
  n: count,
  ...Object.fromEntries(
    ['min', 'p25', 'median', 'mean', 'p75', 'p90', 'max'].map((name) => [name, exact.nullable()]),
  ),
});
const money = z.array(z.object({ currency: text, deals: count, amount: exact, spread: exactSpread }));

/** As asked: by which clock and calendar it counts, and as of when; only what the report takes. */
const settings = z.object({
  at: z.string().optional(),
  zone: z.string().optional(),
  workdays: z.array(z.string()).optional().describe('empty: every day counts'),
  holidays: z.array(z.string()).optional(),
  days: z.int().optional(),
});

/** Of one group each, and of all as `total`. */
function groups<S extends z.ZodRawShape>(measures: S) {
  const row = { key: z.record(z.string(), text), absent: z.array(z.string()).optional(), ...measures };
  return pageSchema(z.object(row)).extend({ group: z.array(z.string()), total: z.object(measures) });
}

const counts = <N extends string>(...names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, count])) as Record<N, typeof count>;

const check = z.object({ check: z.string(), help: z.string(), ...counts('found', 'of') });
const finding = z.looseObject({ id: z.string() });

/** What each report answers, beside its own name. */
export const reportAnswers = {
  funnel: groups({
    ...counts('leads', 'captured', 'qualified', 'offered', 'accepted', 'rejected', 'expired', 'followedUp'),
    ...counts('recycled', 'disqualified', 'converted', 'won'),
    ...{ qualifiedPercent: percent, acceptedPercent: percent, convertedPercent: percent },
    ...{ wonPercent: percent, daysToWon: spreadOf },
  }),
  opportunities: groups({
    ...counts('opportunities', 'open', 'won', 'lost', 'wonWithoutAmount'),
    ...{ winRatePercent: percent, wonValue: money },
    ...{ daysToWon: spreadOf, daysToLost: spreadOf, daysToClose: spreadOf },
  }),
  'won-by-month': groups({ ...counts('won', 'wonWithoutAmount'), wonValue: money }),
  'hand-offs': groups({
    ...counts('offered', 'accepted', 'rejected', 'expired', 'open', 'touchedInTime', 'touchedLate'),
    ...counts('touchedUndated', 'answeredUntouched', 'ignored', 'notYetDue'),
    ...{ acceptedPercent: percent, daysToAnswer: spreadOf },
  }),
  pipeline: groups({ ...counts('open', 'openWithoutAmount', 'undated'), openValue: money }),
  'open-leads': groups(counts('leads', 'open', 'nurturing', 'converted', 'disqualified', 'undated')),
  'time-in-stage': groups({
    ...counts('stays', 'ended', 'open', 'undated'),
    ...{ daysEnded: spreadOf, daysOpen: spreadOf },
  }),
  'stage-conversion': pageSchema(
    z.object({
      ...{ key: z.record(z.string(), text), stage: z.string(), nextStage: text },
      ...{ outcome: z.enum(['won', 'lost']).nullable(), entered: count, reached: count },
      ...{ reachedPercent: percent, days: spreadOf },
    }),
  ).extend({ group: z.array(z.string()) }),
  'won-within': groups({
    ...counts('leads', 'won', 'wonWithin', 'wonBeforeCapture', 'undated', 'observed', 'observedWonWithin'),
    ...{ wonWithinPercent: percent, observedWonWithinPercent: percent },
  }),
  touches: groups(
    counts('touches', 'activities', 'exposures', 'visitors', 'persons', 'accounts', 'withoutAccount'),
  ),
  members: groups(counts('members', 'withOpportunity', 'withoutOpportunity')),
  accounts: groups(counts('accounts', 'withParent')),
  distinct: z.object({ of: z.array(z.string()), ...counts('distinct', 'rows', 'blank') }),
  blanks: pageSchema(z.object({ field: z.string(), ...counts('filled', 'blank', 'absent') })),
  'attribute-total': z.object({
    attribute: z.string(),
    ...counts('rows', 'numbers', 'blank', 'notNumbers', 'aboveZero', 'zero'),
    ...{ total: text, min: text, max: text, mean: text },
  }),
  'attribute-spread': groups({
    ...counts('rows', 'numbers', 'blank', 'notNumbers'),
    ...{ sum: exact.nullable(), spread: exactSpread },
  }),
  spread: pageSchema(
    z.object({ date: z.string(), ...counts('rows', 'dated', 'undated'), first: text, last: text }),
  ),
  'data-quality': pageSchema(z.union([check, finding])),
  inferred: pageSchema(z.object({ event: z.string(), field: z.string(), ...counts('inferred', 'events') })),
  'wins-by-early-touch': z.object({
    ...counts('won', 'withActivity', 'exposureOnly', 'unknown'),
    unknownPercent: percent,
  }),
  spend: pageSchema(z.object({ campaign: text, currency: text, records: count, amount: exact })),
} as const;
export type ReportName = keyof typeof reportAnswers;

/** The answer of one report as it is sent. */
export function reportAnswer(name: ReportName) {
  return reportAnswers[name].extend({ report: z.literal(name), settings: settings.optional() });
}

export const reportsAnswer = pageSchema(
  z.object({
    name: z.enum(Object.keys(reportAnswers) as [ReportName]),
    help: z.string(),
    takes: z
      .array(z.string())
      .describe('parameters it takes; it refuses the others. All take after and wait'),
    dimensions: z.record(z.string(), z.array(z.string())).describe('by data set'),
    checks: z.array(z.object({ name: z.string(), help: z.string() })).optional(),
  }),
).extend({ parameters: z.record(z.string(), z.string()).describe('what each parameter means') });
