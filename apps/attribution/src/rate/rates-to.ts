import { convert, type Rate } from '@throughline/attribution';
import type { Queryable } from '@throughline/postgres';
import { minorRate } from './set-rates.ts';

/** A rate that an amount was converted by, as it was said. */
export interface UsedRate {
  readonly from: string;
  readonly to: string;
  readonly day: string;
  readonly rate: string;
}

interface KnownRate extends Rate, Omit<UsedRate, 'rate'> {
  readonly said: string;
}

/** The rates into one currency that stand; those that were used are remembered. */
export class RatesTo {
  readonly #used = new Set<KnownRate>();

  private constructor(
    readonly currency: string,
    /** by the other currency, the latest first */
    private readonly rates: ReadonlyMap<string, readonly KnownRate[]>,
  ) {}

  static async read(db: Queryable, to: string): Promise<RatesTo> {
    const { rows } = await db.query<UsedRate>(
      `select from_currency as "from", to_currency as "to", day::text as day, rate from exchange_rate
        where to_currency = $1 order by day desc`,
      [to],
    );
    const known = rows.map((it) => ({
      ...{ from: it.from, to, day: it.day, said: it.rate, since: Date.parse(it.day), rate: minorRate(it) },
    }));
    return new RatesTo(
      to,
      Map.groupBy(known, ({ from }) => from),
    );
  }

  /**
   * @param at instant
   * @returns minor units, rounded half up once, below 0 as the opposite is; null: no rate stands then
   */
  convert(amount: bigint, from: string, at: number): bigint | null {
    const found = this.rates.get(from)?.find(({ since }) => since <= at);
    if (!found) return null;
    this.#used.add(found);
    const whole = convert({ amount: amount < 0n ? -amount : amount, currency: from }, this.currency, at, [
      found,
    ]);
    return amount < 0n ? -whole : whole;
  }

  /** By pair and day. */
  get used(): readonly UsedRate[] {
    const name = ({ from, day }: UsedRate) => `${from} ${day}`;
    return [...this.#used]
      .map(({ from, to, day, said }) => ({ from, to, day, rate: said }))
      .sort((a, b) => (name(a) < name(b) ? -1 : 1));
  }
}
