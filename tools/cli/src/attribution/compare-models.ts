import {
  formatDecimal,
  orderedShapley,
  participation,
  pathReport,
  rateOf,
  rateShapley,
  spreadOf,
  uniform,
  type ChannelCredit,
  type ChannelSpread,
  type GameValue,
  type GeneralShapley,
  type OrderedCredit,
  type PathCounters,
  type PathReport,
  type RateValue,
} from '@throughline/attribution';
import type { Choice } from './choice.ts';

export interface Compared {
  readonly reports: readonly PathReport[];
  readonly spread: readonly ChannelSpread[];
  readonly participation: readonly ChannelCredit[] | null;
  readonly uniform: readonly ChannelCredit[] | null;
  readonly ordered: readonly OrderedCredit[] | null;
  readonly rates: readonly RateValue[] | null;
}

/**
 * Every chosen model over the same paths.
 * @param onProgress what is computed now, steps of it done, and how many there are, as far as is known
 */
export function compareModels(
  counters: PathCounters,
  choice: Choice,
  onProgress: (what: string, done: number, total: number) => void = () => undefined,
): Compared {
  const { models, beside, permutations, seed } = choice;
  const onPermutation = (done: number) => {
    if (done % 50 === 0) onProgress('Orders drawn', done, permutations);
  };
  const reports = models.map(({ spec, name }, at) => {
    onProgress('Models', at, models.length);
    const report = pathReport(counters, spec, {
      // sweeps end when the open share is 2^-60: its logarithm falls evenly
      onProgress: (_, open) => onProgress('Share solved', Math.round(-Math.log2(open)), 60),
      onPermutation,
    });
    return name === undefined ? report : { ...report, model: name };
  });
  onProgress('Models', models.length, models.length);
  return {
    reports,
    spread: spreadOf(reports),
    participation: beside.has('participation') ? participation(counters) : null,
    uniform: beside.has('uniform') ? uniform(counters) : null,
    ordered: beside.has('shapley-ordered')
      ? orderedShapley(counters, pathReport(counters, { name: 'shapley' }).credits)
      : null,
    rates: beside.has('shapley-rate')
      ? rateShapley(counters, { permutations, seed, onProgress: onPermutation })
      : null,
  };
}

/** For --json: amounts as exact decimals. */
export function asJson(counters: PathCounters, rows: number, compared: Compared): object {
  const amount = ({ conversions, value }: { conversions: bigint; value: bigint }) => ({
    conversions: formatDecimal(conversions),
    value: formatDecimal(value),
  });
  const credit = (it: ChannelCredit) => ({ channel: it.channel, ...amount(it) });
  const { conversions, losses, value } = counters.totals;
  const { ordered, rates } = compared;
  return {
    rows,
    totals: { conversions, losses, value: formatDecimal(value) },
    models: compared.reports.map(({ model, title, credits, unattributed, removal, general }) => ({
      ...{ model, title, credits: credits.map(credit), unattributed: amount(unattributed) },
      ...(removal ? { removal } : {}),
      ...(general ? { shapley: gameAsJson(general) } : {}),
    })),
    spread: compared.spread.map(({ channel, least, most, spread }) => ({
      ...{ channel, least: amount(least), most: amount(most), spread: amount(spread) },
    })),
    ...(compared.participation || compared.uniform
      ? {
          influence: {
            ...(compared.participation ? { participation: compared.participation.map(credit) } : {}),
            ...(compared.uniform ? { uniform: compared.uniform.map(credit) } : {}),
          },
        }
      : {}),
    ...(ordered
      ? {
          shapleyOrdered: ordered.map((it) => ({
            ...credit(it),
            positions: it.positions.map((one) => ({ position: one.position, ...amount(one) })),
          })),
        }
      : {}),
    ...(rates
      ? {
          shapleyRate: rates.map(({ channel, value: rate, standardError }) => ({
            ...{ channel, value: rateOf(rate), standardError: standardError / 1e12 },
          })),
        }
      : {}),
  };
}

export type General = NonNullable<PathReport['general']>;

/** What a coalition is worth in value: in units of 1e-12 of those that a file has, which are 1e-12 too. */
export const valueOf = (value: GeneralShapley['values'][number]['value']): number => rateOf(value) / 1e12;

function gameAsJson({ game, method, values, creditErrors }: General): unknown {
  const of = ({ conversions, value }: GameValue<number>) => ({ conversions, value });
  return {
    ...{ game, method },
    values: values.map(({ channel, conversions, value, standardError }, at) => ({
      ...{ channel, ...of({ conversions: rateOf(conversions), value: valueOf(value) }) },
      standardError: of({
        conversions: standardError.conversions / 1e12,
        value: standardError.value / 1e24,
      }),
      creditStandardError: of({
        conversions: creditErrors[at]?.conversions ?? 0,
        value: (creditErrors[at]?.value ?? 0) / 1e12,
      }),
    })),
  };
}
