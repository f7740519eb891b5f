import { fraction, formatDecimal, parseDecimal, times, UNIT, type Fraction } from '@throughline/attribution';
import { minorDigits } from '@throughline/contracts';
import type { CommandItem, CommandResult, EventStore } from '@throughline/event-store';
import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import { refusal } from '../attribution.error.ts';
import type { ExchangeRate, RateCommand, WithdrawnRate } from './rate.commands.ts';
import { rateDecider } from './rate.decider.ts';
import { ratePublication } from './rate.publication.ts';

const keepRate = loadSql(import.meta.url, './sql/keep-rate.sql');
const dropRate = loadSql(import.meta.url, './sql/drop-rate.sql');

type Meta = CommandItem<RateCommand>['meta'];

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
  set(data: ExchangeRate, meta: Meta): Promise<CommandResult> {
    const said = { ...data, rate: formatDecimal(parseDecimal(data.rate) ?? 0n) };
    return this.#say({ type: 'SetRate', data: said }, meta, async (tx, eventId) => {
      await tx.query(keepRate, [
        ...[said.from, said.to, said.day, said.rate, decimalOf(minorRate(said)), said.by],
        ...[meta.recordedAt, eventId],
      ]);
    });
  }

  /** Takes the rate of a day back; nothing is said where none is set. @throws as `set` */
  withdraw(data: WithdrawnRate, meta: Meta): Promise<CommandResult> {
    return this.#say({ type: 'WithdrawRate', data }, meta, async (tx) => {
      await tx.query(dropRate, [data.from, data.to, data.day]);
    });
  }

  #say(
    command: RateCommand,
    meta: Meta,
    keep: (tx: Transaction, eventId: string) => Promise<void>,
  ): Promise<CommandResult> {
    const { from, to } = command.data;
    if (from === to) {
      throw refusal('parameter-invalid', `${from} is worth itself.`, {
        field: 'to',
        remedy: 'Name two currencies: what one unit of the first is worth in the second.',
      });
    }
    return this.database.transaction(async (tx) => {
      const [outcome] = await this.store.handleMany({
        ...{ decider: rateDecider, publication: ratePublication, tx },
        commands: [{ stream: `${from}/${to}`, command, meta }],
      });
      if (outcome?.status !== 'accepted') throw outcome?.error ?? new Error('one outcome a command');
      const { events, replayed } = outcome.result;
      for (const { id } of replayed ? [] : events) await keep(tx, id);
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
