import type { Client } from '@throughline/client';

/** The reports of one source, over HTTP: what an analyst would see. */
export class Reports {
  constructor(
    private readonly client: Client,
    private readonly source: string,
  ) {}

  one<T>(name: string, query: Record<string, string | readonly string[]> = {}): Promise<T> {
    return this.client.get<T>('journeys', `/v1/reports/${name}`, { source: this.source, ...query });
  }

  /** Every row of a report, page after page. */
  async rows<T>(name: string, query: Record<string, string | readonly string[]> = {}): Promise<T[]> {
    const rows: T[] = [];
    let next: string | null = null;
    do {
      const page: { items: T[]; next: string | null } = await this.one(
        name,
        next === null ? query : { ...query, cursor: next },
      );
      rows.push(...page.items);
      next = page.next;
    } while (next !== null);
    return rows;
  }

  /** A grouped report as an object from label to figure; a blank key is labelled so. */
  async grouped<R extends GroupRow, T>(
    name: string,
    dimension: string,
    figure: (row: R) => T,
    query: Record<string, string | readonly string[]> = {},
  ): Promise<Record<string, T>> {
    const rows = await this.rows<R>(name, { group: dimension, limit: '1000', ...query });
    return Object.fromEntries(rows.map((row) => [row.key[dimension] ?? '(blank)', figure(row)]));
  }

  async distinct(dataSet: string, ...dimensions: string[]): Promise<number> {
    return (await this.one<{ distinct: number }>('distinct', { dataSet, group: dimensions.join(',') }))
      .distinct;
  }

  async found(check: string): Promise<number> {
    const rows = await this.rows<{ check: string; found: number }>('data-quality');
    return rows.find((row) => row.check === check)?.found ?? NaN;
  }

  /** First and last of a date, cut to `length` characters as the source writes it. */
  async range(date: string, length: number): Promise<(string | null)[]> {
    const rows = await this.rows<{ date: string; first: string | null; last: string | null }>('spread');
    const row = rows.find((each) => each.date === date);
    return [row?.first, row?.last].map((instant) => instant?.slice(0, length).replace('T', ' ') ?? null);
  }

  /** Rows in which each field is blank. */
  async blanks(dataSet: string, fields: Readonly<Record<string, string>>): Promise<Record<string, number>> {
    const rows = await this.rows<{ field: string; blank: number }>('blanks', { dataSet, limit: '1000' });
    return Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name,
        rows.find((row) => row.field === field)?.blank ?? NaN,
      ]),
    );
  }
}

export interface GroupRow {
  readonly key: Readonly<Record<string, string | null>>;
}

export interface Spread {
  readonly n: number;
  readonly median: number | null;
}

export interface FunnelFigures {
  readonly leads: number;
  readonly won: number;
  readonly wonPercent: number | null;
  readonly daysToWon: Spread;
}

export interface MoneySum {
  readonly currency: string | null;
  readonly amount: string;
  readonly spread: { readonly mean: string | null; readonly median: string | null };
}

export interface OpportunityFigures {
  readonly opportunities: number;
  readonly open: number;
  readonly won: number;
  readonly lost: number;
  readonly winRatePercent: number | null;
  readonly wonValue: readonly MoneySum[];
  readonly daysToWon: Spread;
  readonly daysToLost: Spread;
  readonly daysToClose: Spread;
}

/** The five largest, ties by name. */
export function topFive(counts: Readonly<Record<string, number>>): Record<string, number> {
  const order = Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return Object.fromEntries(order.slice(0, 5));
}

/** An amount in minor units as the source writes it. */
export const inUnits = (minor: number) => minor / 100;
