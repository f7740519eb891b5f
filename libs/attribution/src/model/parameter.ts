import { AttributionError } from '../attribution.error.ts';
import { formatDecimal, formatWeight, parseDecimal, parseWeight, UNIT } from '../exact/decimal.ts';

/** A parameter as it is kept: text, lists and maps of it, or a map of lists. */
export type Written =
  string | readonly string[] | Readonly<Record<string, string>> | Readonly<Record<string, readonly string[]>>;

/** How one parameter of a model is read and written; `read(write(value))` is the value. */
export interface Parameter<T> {
  /** @throws AttributionError naming the field and what may stand there */
  read(field: string, given: unknown): T;
  write(value: T): Written;
}

const DAY = 86_400_000n;
const NUMBER = 'Give a decimal number, not negative, such as 40 or "0.4".';

/** A weight of any scale, exact to 30 decimals; one that has more is refused. */
export function weight(otherwise: string): Parameter<bigint> {
  return { read: (field, given = otherwise) => decimal(field, given), write: formatWeight };
}

/** Weights in order. */
export function weights(otherwise: readonly string[]): Parameter<readonly bigint[]> {
  return {
    read(field, given = otherwise) {
      if (!Array.isArray(given)) throw bad(field, 'This is no list of weights.', 'Give a list of numbers.');
      return given.map((one: unknown, index) => decimal(`${field}[${index}]`, one));
    },
    write: (all) => all.map(formatWeight),
  };
}

/** Weights by name, at least one; `names` closes the list of names. */
export function weightsByName<N extends string>(names?: readonly N[]): Parameter<ReadonlyMap<N, bigint>> {
  const isName = (name: string): name is N => names === undefined || names.some((it) => it === name);
  return {
    read(field, given) {
      const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
      if (entries.length === 0 || Array.isArray(given)) {
        throw bad(field, 'There are no weights.', 'Give a number for each name, such as { "first": 40 }.');
      }
      const read = new Map<N, bigint>();
      for (const [name, one] of entries) {
        if (!isName(name)) {
          const remedy = `Give one of ${names?.join(', ') ?? ''}.`;
          throw new AttributionError(
            'unknown-parameter',
            `${field}.${name}`,
            'There is no such name.',
            remedy,
          );
        }
        read.set(name, decimal(`${field}.${name}`, one));
      }
      return read;
    },
    write: (all) => Object.fromEntries([...all].map(([name, one]) => [name, formatWeight(one)])),
  };
}

/** Weights by name and place: of each name at least one, the last for every later place. */
export function weightsByPlace(): Parameter<ReadonlyMap<string, readonly bigint[]>> {
  const list = weights([]);
  return {
    read(field, given) {
      const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
      if (entries.length === 0 || Array.isArray(given)) {
        throw bad(
          field,
          'There are no weights.',
          'Give a list of numbers for each name, such as { "email": [3, 1] }.',
        );
      }
      return new Map(
        entries.map(([name, one]) => {
          const read = list.read(`${field}.${name}`, one);
          if (read.length > 0) return [name, read] as const;
          throw bad(`${field}.${name}`, 'There are no weights.', 'Give at least one number.');
        }),
      );
    },
    write: (all) => Object.fromEntries([...all].map(([name, some]) => [name, some.map(formatWeight)])),
  };
}

/** One of a closed list. */
export function choice<C extends string>(options: readonly C[], otherwise: C): Parameter<C> {
  return {
    read(field, given = otherwise) {
      const chosen = options.find((option) => option === given);
      if (chosen === undefined)
        throw bad(field, 'This cannot be chosen.', `Give one of ${options.join(', ')}.`);
      return chosen;
    },
    write: (chosen) => chosen,
  };
}

/** Names as they stand on the touches, letter by letter. */
export function names(otherwise: readonly string[]): Parameter<readonly string[]> {
  return {
    read(field, given = otherwise) {
      if (Array.isArray(given) && given.every((it): it is string => typeof it === 'string')) return given;
      throw bad(field, 'This is no list of names.', 'Give a list of texts.');
    },
    write: (all) => all,
  };
}

/** A time of more than nothing, given in days, kept in whole milliseconds: 1/3 of a day is 28,800,000. */
export function days(otherwise: string): Parameter<bigint> {
  return {
    read(field, given = otherwise) {
      const ms = ((decimalOf(given) ?? 0n) * DAY * 2n + UNIT) / (UNIT * 2n);
      if (ms > 0n) return ms;
      throw bad(
        field,
        'The time is not above 0.',
        'Give days, at least one millisecond, such as 7 or "0.5".',
      );
    },
    // the twelfth place is far less than a millisecond, so that reading gives the same one
    write: (ms) => formatDecimal((ms * UNIT * 2n + DAY) / (DAY * 2n)),
  };
}

/** @throws AttributionError `bad-weights` where no weight is left to give */
export function checkWeights(field: string, all: Iterable<bigint>): void {
  if ([...all].some((one) => one > 0n)) return;
  const remedy = 'Give at least one weight above 0.';
  throw new AttributionError('bad-weights', field, 'Weights that are all 0 give no credit.', remedy);
}

function decimal(field: string, given: unknown): bigint {
  const isGiven = typeof given === 'number' || typeof given === 'string';
  const read = isGiven ? parseWeight(String(given)) : null;
  if (read === 'beyond') {
    const remedy = 'Weights are proportions: multiply all of them, such as 1 and 3 for 1e-40 and 3e-40.';
    throw new AttributionError('bad-weights', field, 'This has more than 30 decimal places.', remedy);
  }
  if (read !== null) return read;
  throw new AttributionError('bad-weights', field, 'This is no number from 0 on.', NUMBER);
}

function decimalOf(given: unknown): bigint | null {
  return typeof given === 'number' || typeof given === 'string' ? parseDecimal(String(given)) : null;
}

function bad(field: string, wrong: string, remedy: string): AttributionError {
  return new AttributionError('bad-parameter', field, wrong, remedy);
}
