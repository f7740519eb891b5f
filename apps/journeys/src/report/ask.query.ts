import { readOffset } from '@throughline/service';
import { refusal } from '../journeys.error.ts';
import { type Clock, utc } from './clock.query.ts';
import type { DataSet } from './dimensions.table.ts';
import { leadDimensions } from './lead-dimensions.table.ts';
import { type Given, MOST_GROUPS } from './parameters.table.ts';

const ATTRIBUTE = 'attribute:';
/** Starts the name of a dimension of a deal's first lead. */
export const LEAD = 'lead:';
const PAGE = 100;

/** What was asked of a report, checked: every name stands in a closed list, every value is only a value. */
export interface Ask {
  readonly group: readonly string[];
  readonly source: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** dimension to the values it may have */
  readonly only: ReadonlyMap<string, readonly string[]>;
  readonly blank: readonly string[];
  /** as of when: a day or an instant */
  readonly at: string;
  readonly clock: Clock;
  readonly limit: number;
  readonly offset: number;
}

/**
 * @param now as of when, unless `at` is given
 * @throws ProblemError naming the field and what is allowed
 */
export function readAsk(given: Given, set: DataSet, now: string, group: readonly string[] = []): Ask {
  const asked = given.group ?? [];
  if (asked.length > MOST_GROUPS) {
    throw refusal('parameter-invalid', `${asked.length} dimensions are too many to group by.`, {
      field: 'group',
      remedy: `Give at most ${MOST_GROUPS}.`,
    });
  }
  if (new Set(asked).size < asked.length) {
    throw refusal('parameter-invalid', 'A dimension is given twice.', {
      field: 'group',
      remedy: 'Give each dimension once.',
    });
  }
  const only = Map.groupBy((given.only ?? []).map(readOnly), ({ dimension }) => dimension);
  for (const name of asked) checkDimension(set, name, 'group');
  for (const name of given.blank ?? []) checkDimension(set, name, 'blank');
  for (const name of only.keys()) checkDimension(set, name, 'only');
  return {
    group: asked.length > 0 ? asked : group,
    source: given.source ?? null,
    from: given.from ?? null,
    to: given.to ?? null,
    only: new Map([...only].map(([name, items]) => [name, items.map(({ value }) => value)])),
    blank: given.blank ?? [],
    at: given.at ?? now,
    clock: clockOf(given),
    limit: given.limit ?? PAGE,
    offset: readOffset(given.cursor),
  };
}

function clockOf({ zone = utc.zone, workdays = [], holidays = [] }: Given): Clock {
  const week = [...new Set(workdays.map(Number))].sort((a, b) => a - b);
  return { zone, workdays: week.length === 0 ? null : week, holidays: [...new Set(holidays)].sort() };
}

/** The attribute a dimension name asks for, or null when it is a plain one. */
export function attributeOf(name: string): string | null {
  return name.startsWith(ATTRIBUTE) && name.length > ATTRIBUTE.length ? name.slice(ATTRIBUTE.length) : null;
}

export function dimensionNames(set: DataSet): readonly string[] {
  const own = [...Object.keys(set.dimensions), ...(set.attributes ? [`${ATTRIBUTE}<name>`] : [])];
  const ofLead = set.deals ? [...Object.keys(leadDimensions), `${ATTRIBUTE}<name>`] : [];
  return [...own, ...ofLead.map((name) => `${LEAD}${name}`)];
}

function readOnly(given: string): { dimension: string; value: string } {
  const prefix = /^(lead:)?(attribute:)?/.exec(given)?.[0].length ?? 0;
  const colon = given.indexOf(':', prefix);
  if (colon >= 0) return { dimension: given.slice(0, colon), value: given.slice(colon + 1) };
  throw refusal('parameter-invalid', `only: '${given}' has no value.`, {
    field: 'only',
    remedy: 'Write <dimension>:<value>, like channel:email.',
  });
}

function checkDimension(set: DataSet, name: string, field: string): void {
  const ofLead = set.deals === true && name.startsWith(LEAD);
  const plain = ofLead ? name.slice(LEAD.length) : name;
  const known = ofLead ? leadDimensions : set.dimensions;
  const attributes = ofLead || set.attributes;
  if (Object.hasOwn(known, plain) || (attributes && attributeOf(plain) !== null)) return;
  throw refusal('dimension-unknown', `There is no dimension '${name}' here.`, {
    field,
    remedy: `Use one of: ${dimensionNames(set).join(', ')}.`,
  });
}
