import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { formatDecimal, parseDecimal, UNIT } from '../exact/decimal.ts';
import { fraction, sum, toNumber, ZERO, type Fraction } from '../exact/fraction.ts';
import { journeysOf, WHOLE_JOURNEY } from '../journey/journeys-of.ts';
import type { Conversion, Journey } from '../journey/journey.ts';
import type { Touch } from '../journey/touch.ts';
import { credit } from './credit.ts';
import { modelOf } from './model-of.ts';
import type { RuleModel } from './rule-model.ts';

const folder = new URL('../../../../../shared/data/touch-events-scrambled/', import.meta.url);
const here = existsSync(folder);
const where = here ? '' : ' (not run: the data set is not at ../shared/data)';

const UNATTRIBUTED = '(unattributed)';

/** Channel, then credit in conversions and in value. */
type Figures = Readonly<Record<string, readonly [number, number]>>;
interface Truth {
  readonly credit_rule_A: { readonly credit_conversions_value: Readonly<Record<string, Figures>> };
  readonly credit_rule_B: { readonly credit_conversions_value: Readonly<Record<string, Figures>> };
}

interface Event extends Touch {
  readonly customer: string;
  /** null: an impression */
  readonly value: bigint | null;
}

const MODELS: Readonly<Record<string, RuleModel>> = {
  first_touch: modelOf({ name: 'first' }),
  last_touch: modelOf({ name: 'last' }),
  linear: modelOf({ name: 'linear' }),
  position_40_20_40: modelOf({ name: 'position-based' }),
  time_decay_half_life_7d: modelOf({ name: 'time-decay', parameters: { halfLifeDays: 7 } }),
};

(here ? describe : describe.skip)(`touch-events-scrambled${where}`, () => {
  const truth = here ? (JSON.parse(read('truth.json').toString()) as Truth) : null;
  const events = here ? eventsOf(gunzipSync(read('touch_events.csv.gz')).toString()) : [];
  const customers = [...Map.groupBy(events, ({ customer }) => customer).values()];

  it.each(['credit_rule_A', 'credit_rule_B'] as const)(
    '%s: every model, in conversions and in value',
    (rule) => {
      for (const [name, model] of Object.entries(MODELS)) {
        const [counted, naive] = [reportOf(customers, rule, model), naiveCredit(events, rule, name)];
        const expected = truth?.[rule].credit_conversions_value[name] ?? {};
        counted.delete(UNATTRIBUTED);
        expect([...counted.keys()].sort()).toEqual(Object.keys(expected).sort());
        for (const [channel, [conversions, value]] of Object.entries(expected)) {
          const got = counted.get(channel) ?? { conversions: 0n, value: 0n };
          expect(Math.abs(Number(formatDecimal(got.conversions)) - conversions)).toBeLessThanOrEqual(
            5.0001e-5,
          );
          expect(Math.abs(Number(formatDecimal(got.value)) - value)).toBeLessThanOrEqual(5.0001e-5);
          const exact = toNumber(naive.get(channel) ?? ZERO);
          expect(Math.abs(Number(formatDecimal(got.conversions)) - exact)).toBeLessThan(1e-9);
        }
      }
    },
  );

  it.each(Object.entries(MODELS))(
    'I8: %s leaves 238 conversions of rule B unattributed, credits the rest whole',
    (_, model) => {
      const report = reportOf(customers, 'credit_rule_B', model);
      expect(report.get(UNATTRIBUTED)?.conversions).toBe(238n * UNIT);
      expect([...report.values()].reduce((all, { conversions }) => all + conversions, 0n)).toBe(1838n * UNIT);
      expect([...report.values()].reduce((all, { value }) => all + value, 0n)).toBe(parseDecimal('11423.5'));
    },
  );
});

/** A: the conversion's own row and all before it; B: impressions before it. Ties by the place in the file. */
function reportOf(customers: readonly (readonly Event[])[], rule: keyof Truth, model: RuleModel) {
  const sums = new Map<string, { conversions: bigint; value: bigint }>();
  const add = (channel: string, conversions = 0n, value = 0n) => {
    const so = sums.get(channel) ?? { conversions: 0n, value: 0n };
    sums.set(channel, { conversions: so.conversions + conversions, value: so.value + value });
  };
  for (const events of customers) {
    for (const conversion of events.filter(({ value }) => value !== null)) {
      const before = events.filter((it) => !isAfter(it, conversion));
      const touches = rule === 'credit_rule_A' ? before : before.filter(({ value }) => value === null);
      const journey = journeyOf(touches, conversion);
      const conversions = credit(journey, model, UNIT);
      const value = credit(journey, model, conversion.value ?? 0n);
      add(UNATTRIBUTED, conversions.unattributed, value.unattributed);
      for (const [place, { channel }] of journey.touches.entries()) {
        add(channel, conversions.shares[place], value.shares[place]);
      }
    }
  }
  return sums;
}

function journeyOf(touches: readonly Event[], { id, at }: Event): Journey {
  const milestones = { lead: null, opportunity: null };
  const deal: Conversion = { id, outcome: 'won', closedAt: at, milestones };
  const [made] = journeysOf(touches, [deal], { ...WHOLE_JOURNEY, asOf: at });
  if (!made) throw new Error('a conversion has a journey');
  return made.journey;
}

/** The same by another way, with rationals and one pass over the sorted events; decay alone in floating point. */
function naiveCredit(events: readonly Event[], rule: keyof Truth, model: string): Map<string, Fraction> {
  const byDenominator = new Map<string, Map<bigint, bigint>>();
  const seen = new Map<string, Event[]>();
  const sorted = [...events].sort((a, b) => (isAfter(a, b) ? 1 : -1));
  for (const event of sorted) {
    const before = seen.get(event.customer) ?? [];
    seen.set(event.customer, before);
    if (rule === 'credit_rule_A' || event.value === null) before.push(event);
    if (event.value === null) continue;
    for (const [place, share] of naiveShares(model, before).entries()) {
      const channel = before[place]?.channel ?? '';
      const sums = byDenominator.get(channel) ?? new Map<bigint, bigint>();
      byDenominator.set(channel, sums.set(share.under, (sums.get(share.under) ?? 0n) + share.over));
    }
  }
  const added = (sums: ReadonlyMap<bigint, bigint>) =>
    sum([...sums].map(([under, over]) => fraction(over, under)));
  return new Map([...byDenominator].map(([channel, sums]) => [channel, added(sums)]));
}

function naiveShares(model: string, path: readonly Event[]): Fraction[] {
  const [n, last] = [BigInt(path.length), path.length - 1];
  const ages = path.map(({ at }) => 2 ** ((at - (path.at(-1)?.at ?? 0)) / (7 * 86_400_000)));
  const all = ages.reduce((a, b) => a + b, 0);
  return path.map((_, place) => {
    const isEnd = place === 0 || place === last;
    if (model === 'first_touch') return fraction(place === 0 ? 1n : 0n);
    if (model === 'last_touch') return fraction(place === last ? 1n : 0n);
    if (model === 'linear') return fraction(1n, n);
    if (model !== 'position_40_20_40') {
      return fraction(BigInt(Math.round(((ages[place] ?? 0) / all) * 2 ** 52)), 2n ** 52n);
    }
    if (n <= 2n) return fraction(1n, n);
    return isEnd ? fraction(2n, 5n) : fraction(1n, 5n * (n - 2n));
  });
}

function isAfter(a: Event, b: Event): boolean {
  return a.at > b.at || (a.at === b.at && a.id > b.id);
}

function eventsOf(csv: string): Event[] {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  expect(header).toBe('customer_id,time,interaction,conversion,conversion_value,channel');
  return lines.map((line, place) => {
    const [customer = '', time = '', interaction, , value = '', channel = ''] = line.split(',');
    return {
      id: String(place).padStart(6, '0'),
      at: Date.parse(time),
      channel,
      customer,
      value: interaction === 'conversion' ? parseDecimal(value) : null,
    };
  });
}

function read(name: string): Buffer {
  return readFileSync(new URL(name, folder));
}
