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
const wonValue = z.array(z.object({ currency: text, deals: count, amount: z.number(), spread: spreadOf }));

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
    ...{ winRatePercent: percent, wonValue },
    ...{ daysToWon: spreadOf, daysToLost: spreadOf, daysToClose: spreadOf },
  }),
  'won-by-month': groups({ ...counts('won', 'wonWithoutAmount'), wonValue }),
  'hand-offs': groups({
    ...counts('offered', 'accepted', 'rejected', 'expired', 'open', 'touchedInTime', 'touchedLate'),
    ...counts('touchedUndated', 'answeredUntouched', 'ignored', 'notYetDue'),
    ...{ acceptedPercent: percent, daysToAnswer: spreadOf },
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
  spread: pageSchema(
    z.object({ date: z.string(), ...counts('rows', 'dated', 'undated'), first: text, last: text }),
  ),
  'data-quality': pageSchema(z.union([check, finding])),
  inferred: pageSchema(z.object({ event: z.string(), field: z.string(), ...counts('inferred', 'events') })),
  'wins-by-early-touch': z.object({
    ...counts('won', 'withActivity', 'exposureOnly', 'unknown'),
    unknownPercent: percent,
  }),
  spend: pageSchema(z.object({ campaign: text, currency: text, records: count, amount: z.number() })),
} as const;
export type ReportName = keyof typeof reportAnswers;

/** Told apart by `report`. */
export const reportAnswer = z.union(
  Object.entries(reportAnswers).map(([name, answer]) => answer.extend({ report: z.literal(name) })),
);

export const reportsAnswer = pageSchema(
  z.object({
    name: z.enum(Object.keys(reportAnswers) as [ReportName]),
    help: z.string(),
    takes: z.array(z.string()).describe('parameters it takes besides those that all take'),
    dimensions: z.record(z.string(), z.array(z.string())).describe('by data set'),
    checks: z.array(z.object({ name: z.string(), help: z.string() })).optional(),
  }),
).extend({ parameters: z.record(z.string(), z.string()).describe('what each parameter means') });
