import type { Only } from './ask.query.ts';
import { dates, dimensions } from './dimensions.table.ts';

/** What stands after `where`, and the values of its parameters, in order. */
export class Conditions {
  readonly values: unknown[];
  readonly #all: string[] = [];

  /** @param before values whose places come first */
  constructor(before: readonly unknown[] = []) {
    this.values = [...before];
  }

  /** @param holds SQL around the place of the value */
  add(value: unknown, holds: (place: string) => string): this {
    this.values.push(value);
    this.#all.push(holds(`$${this.values.length}`));
    return this;
  }

  /** @returns the place of a value that nothing has to hold for */
  place(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  also(sql: string): this {
    this.#all.push(sql);
    return this;
  }

  /** Narrows to what was asked. @param touched false where there is no touch: what is asked of one is not there */
  narrow({ date, from, to, only, blank }: Only, touched = true): this {
    const { column } = dates[date];
    const without = (name: string) => !touched && /^[st]\./.test(name);
    for (const [bound, sign] of [
      [from, '>='],
      [to, '<'],
    ] as const) {
      if (bound === null) continue;
      if (without(column)) this.also('false');
      else this.add(bound, (place) => `${column} ${sign} ${place}::timestamptz`);
    }
    for (const { dimension, value } of only) {
      const { column: of } = dimensions[dimension];
      if (without(of)) this.also('false');
      else this.add(value, (place) => `${of} = ${place}`);
    }
    for (const dimension of blank) {
      const { column: of } = dimensions[dimension];
      this.also(without(of) ? 'false' : `${of} is null`);
    }
    return this;
  }

  /** As `narrow`, where it is of deals alone: what is asked of touches is left to who reads touches. */
  narrowDeals({ date, from, to, only, blank }: Only): this {
    const isOfDeal = ({ column }: { readonly column: string }) => column.startsWith('d.');
    const isDated = isOfDeal(dates[date]);
    return this.narrow({
      ...{ date, from: isDated ? from : null, to: isDated ? to : null },
      only: only.filter(({ dimension }) => isOfDeal(dimensions[dimension])),
      blank: blank.filter((dimension) => isOfDeal(dimensions[dimension])),
    });
  }

  get sql(): string {
    return this.#all.length === 0 ? 'true' : this.#all.join(' and ');
  }
}
