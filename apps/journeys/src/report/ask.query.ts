import { dayOrInstant } from '@throughline/contracts';
import { limit, names, readOffset, several } from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../journeys.error.ts';
import { type DataSet, type DataSetName, dataSets } from './dimensions.table.ts';

const ATTRIBUTE = 'attribute:';
const MOST_GROUPS = 3;

/** What was asked of a report, checked: every name stands in a closed list, every value is only a value. */
export interface Ask {
  readonly group: readonly string[];
  readonly source: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly only: readonly { readonly dimension: string; readonly value: string }[];
  readonly blank: readonly string[];
  readonly limit: number;
  readonly offset: number;
}

export const askParameters = z.strictObject({
  group: names.describe(`up to ${MOST_GROUPS} dimensions, separated by commas`),
  source: z.string().optional().describe('only what this system sent (CloudEvents source)'),
  from: dayOrInstant.optional().describe('not before this day or instant (UTC); undated rows are left out'),
  to: dayOrInstant.optional().describe('before this day or instant (UTC); undated rows are left out'),
  only: several.describe('<dimension>:<value>, may be repeated: only rows with this value'),
  blank: names.describe('dimensions, separated by commas: only rows where it is not known'),
  dataSet: z
    .enum(Object.keys(dataSets) as [DataSetName])
    .optional()
    .describe('what to count; some reports only'),
  attribute: z.string().max(100).optional().describe('name of an attribute; attribute-total only'),
  check: z.string().optional().describe('name of a check, to list its rows; data-quality only'),
  at: dayOrInstant
    .optional()
    .describe('the instant by which something is due, now unless told; hand-offs only'),
  limit,
  cursor: z.string().max(200).optional().describe('the `next` of the page before'),
});
export type AskParameters = z.output<typeof askParameters>;

/** @throws ProblemError naming the field and what is allowed */
export function readAsk(given: AskParameters, set: DataSet, defaults: Partial<Ask> = {}): Ask {
  const group = given.group.length > 0 ? given.group : (defaults.group ?? []);
  if (group.length > MOST_GROUPS) {
    throw refusal('parameter-invalid', `${group.length} dimensions are too many to group by.`, {
      field: 'group',
      remedy: `Give at most ${MOST_GROUPS}.`,
    });
  }
  const only = [...(defaults.only ?? []), ...given.only.map(readOnly)];
  for (const name of group) checkDimension(set, name, 'group');
  for (const name of given.blank) checkDimension(set, name, 'blank');
  for (const { dimension } of only) checkDimension(set, dimension, 'only');
  return {
    group,
    source: given.source ?? null,
    from: given.from ?? null,
    to: given.to ?? null,
    only,
    blank: given.blank,
    limit: given.limit,
    offset: readOffset(given.cursor),
  };
}

/** The attribute a dimension name asks for, or null when it is a plain one. */
export function attributeOf(name: string): string | null {
  return name.startsWith(ATTRIBUTE) && name.length > ATTRIBUTE.length ? name.slice(ATTRIBUTE.length) : null;
}

export function dimensionNames(set: DataSet): readonly string[] {
  return [...Object.keys(set.dimensions), ...(set.attributes ? [`${ATTRIBUTE}<name>`] : [])];
}

function readOnly(given: string): { dimension: string; value: string } {
  const colon = given.indexOf(':', given.startsWith(ATTRIBUTE) ? ATTRIBUTE.length : 0);
  if (colon >= 0) return { dimension: given.slice(0, colon), value: given.slice(colon + 1) };
  throw refusal('parameter-invalid', `only: '${given}' has no value.`, {
    field: 'only',
    remedy: 'Write <dimension>:<value>, like channel:email.',
  });
}

function checkDimension(set: DataSet, name: string, field: string): void {
  if (Object.hasOwn(set.dimensions, name) || (set.attributes && attributeOf(name) !== null)) return;
  throw refusal('dimension-unknown', `There is no dimension '${name}' here.`, {
    field,
    remedy: `Use one of: ${dimensionNames(set).join(', ')}.`,
  });
}
