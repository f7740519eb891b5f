import { fraction, formatDecimal, parseDecimal, times, UNIT, type Fraction } from '@throughline/attribution';
import { minorDigits } from '@throughline/contracts';
import type { CommandItem, CommandResult, EventStore } from '@throughline/event-store';
import { loadSql, type Database } from '@throughline/postgres';
import { refusal } from '../attribution.error.ts';
import type { ExchangeRate, SetRate } from './rate.commands.ts';
import { rateDecider } from './rate.decider.ts';
import { ratePublication } from './rate.publication.ts';

const keepRate = loadSql(import.meta.url, './sql/keep-rate.sql');

/** Judges rates; the event and the row that reports convert by commit together. */
export class SetRates {
  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
  ) {}

  /**
   * @throws ProblemError for a pair of one currency
   * @throws DomainError, IdempotencyConflict, StreamBusy
   */
  set(data: ExchangeRate, meta: CommandItem<SetRate>['meta']): Promise<CommandResult> {
    if (data.from === data.to) {
      throw refusal('parameter-invalid', `${data.from} is worth itself.`, {
        field: 'to',
        remedy: 'Name two currencies: what one unit of the first is worth in the second.',
      });
    }
    const stream = `${data.from}/${data.to}`;
    const said = { ...data, rate: formatDecimal(parseDecimal(data.rate) ?? 0n) };
    return this.database.transaction(async (tx) => {
      const [outcome] = await this.store.handleMany({
        ...{ decider: rateDecider, publication: ratePublication, tx },
        commands: [{ stream, command: { type: 'SetRate', data: said }, meta }],
      });
      if (outcome?.status !== 'accepted') throw outcome?.error ?? new Error('one outcome a command');
      const { events, replayed } = outcome.result;
      for (const { id } of replayed ? [] : events) {
        const factor = decimalOf(minorRate(said));
        await tx.query(keepRate, [
          ...[said.from, said.to, said.day, said.rate, factor, said.by],
          ...[meta.recordedAt, id],
        ]);
      }
      return outcome.result;
    });
  }
}

/** What one minor unit of `from` is worth in minor units of `to`: 100 yen at 0.006 are 0.60 euro, so a yen is 0.6 cents. */
export function minorRate({ from, to, rate }: Pick<ExchangeRate, 'from' | 'to' | 'rate'>): Fraction {
  const whole = fraction(parseDecimal(rate) ?? 0n, UNIT);
  return times(whole, fraction(tenTo(minorDigits(to)), tenTo(minorDigits(from))));
}

const tenTo = (digits: number | null): bigint => 10n ** BigInt(digits ?? 0);

/** Exactly: a rate has 12 places, and no currency more digits than four. */
function decimalOf({ over, under }: Fraction): string {
  const places = 16;
  const digits = ((over * 10n ** BigInt(places)) / under).toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
