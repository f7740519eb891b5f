import { currencyCode, dayOrInstant } from '@throughline/contracts';
import { limit, names, several } from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../attribution.error.ts';
import { dates, dimensionNames, dimensions, type DateMeaning, type Dimension } from './dimensions.table.ts';

const MOST_GROUPS = 3;

export const windowParameters = {
  date: z
    .enum(Object.keys(dates) as [DateMeaning])
    .default('closed')
    .describe(
      `which date the window is of: ${Object.entries(dates)
        .map(([name, { help }]) => `${name}, ${help}`)
        .join('; ')}`,
    ),
  from: dayOrInstant.optional().describe('not before this day or instant (UTC); undated is left out'),
  to: dayOrInstant.optional().describe('before this day or instant (UTC); undated is left out'),
};
export const onlyParameters = {
  only: several.describe('<dimension>:<value>, may be repeated: only what has this value'),
  blank: names.describe('dimensions, separated by commas: only what they are not known of'),
};
export const currencyParameter = {
  currency: currencyCode
    .optional()
    .describe(
      'all amounts in this currency, those of others converted: each deal once, rounded half up, by the latest rate at ' +
        'or before the end of its close, an open one by that of now. What is not known, and a close that nobody dated ' +
        'in another currency, stays a row without currency. Without a rate the question is refused (missing-rate)',
    )
    .meta({ examples: ['EUR'] }),
};
export const pageParameters = {
  limit,
  cursor: z.string().max(200).optional().describe('the `next` of the page before'),
};
export const creditParameters = {
  models: names.describe('models side by side, separated by commas; every model unless told'),
  group: names.describe(`up to ${MOST_GROUPS} of ${dimensionNames.join(', ')}; channel unless told`),
  ...windowParameters,
  ...onlyParameters,
};

/** Which credit is asked for; every name stands in a closed list, every value is only a value. */
export interface Only {
  readonly date: DateMeaning;
  readonly from: string | null;
  readonly to: string | null;
  readonly only: readonly { readonly dimension: Dimension; readonly value: string }[];
  readonly blank: readonly Dimension[];
}

interface GivenOnly {
  readonly date: DateMeaning;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly only: readonly string[];
  readonly blank: readonly string[];
}

interface Bounds {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

/** @throws ProblemError where a window ends before it begins: nothing could be in it. @param of `opened`: named openedFrom */
export function refuseReversed({ from, to }: Bounds, of: 'opened' | '' = ''): void {
  if (from == null || to == null || Date.parse(from) <= Date.parse(to)) return;
  const [first, last] = of === '' ? ['from', 'to'] : ['openedFrom', 'openedTo'];
  throw refusal('parameter-invalid', `${first} is after ${last}.`, {
    field: first,
    remedy: `Give a day or instant that is not after ${last}.`,
  });
}

/** @throws ProblemError for open deals in a window of closes, which none of them has */
export function refuseUnclosed({ date, from, to }: Only): void {
  if (date !== 'closed' || (from === null && to === null)) return;
  throw refusal('parameter-invalid', 'Open deals have not closed: none is in a window of closes.', {
    field: 'date',
    remedy: 'Say date=created or date=touch, or leave out from and to.',
  });
}

/** @throws ProblemError naming the field and what is allowed */
export function readOnly({ date, from = '', to = '', only, blank }: GivenOnly): Only {
  refuseReversed({ from: from || null, to: to || null });
  return {
    ...{ date, from: from || null, to: to || null, only: only.map(readValue) },
    blank: blank.map((name) => dimensionOf(name, 'blank')),
  };
}

/** @throws ProblemError naming the field and what is allowed */
export function readGroup(given: readonly string[]): readonly Dimension[] {
  const group = given.length > 0 ? given : ['channel'];
  if (group.length <= MOST_GROUPS) return [...new Set(group.map((name) => dimensionOf(name, 'group')))];
  throw refusal('parameter-invalid', `${group.length} dimensions are too many to group by.`, {
    field: 'group',
    remedy: `Give at most ${MOST_GROUPS}.`,
  });
}

function readValue(given: string): { dimension: Dimension; value: string } {
  const colon = given.indexOf(':');
  if (colon > 0) {
    return { dimension: dimensionOf(given.slice(0, colon), 'only'), value: given.slice(colon + 1) };
  }
  throw refusal('parameter-invalid', `only: '${given}' has no value.`, {
    field: 'only',
    remedy: 'Write <dimension>:<value>, like channel:email.',
  });
}

function dimensionOf(name: string, field: string): Dimension {
  if (Object.hasOwn(dimensions, name)) return name as Dimension;
  throw refusal('parameter-invalid', `There is no dimension '${name}' here.`, {
    field,
    remedy: `Use one of: ${dimensionNames.join(', ')}.`,
  });
}
