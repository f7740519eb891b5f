import { AttributionError } from '../attribution.error.ts';
import type { ModelSpec, RuleModel } from '../model/rule-model.ts';
import { GAMES, type Game } from '../model/shapley-general.ts';

/** @throws AttributionError naming the first parameter that is not known */
function onlyParameters({ name, parameters = {} }: ModelSpec, known: readonly string[]): void {
  const extra = Object.keys(parameters).find((parameter) => !known.includes(parameter));
  if (extra === undefined) return;
  const remedy = known.length === 0 ? 'Leave it out; it has none.' : `It has ${known.join(', ')}.`;
  throw new AttributionError('unknown-parameter', extra, `The model ${name} has no such parameter.`, remedy);
}

/** @throws AttributionError naming a parameter */
export const withoutParameters = (spec: ModelSpec): void => onlyParameters(spec, []);

/** The settings of a Markov model: order 1 with lost journeys, unless told. @throws AttributionError */
export function orderIn(spec: ModelSpec): { order: number; withLost: boolean } {
  onlyParameters(spec, ['order', 'lost']);
  const { parameters = {} } = spec;
  const { order = 1, lost = 'with' } = parameters;
  if (typeof order !== 'number' || !Number.isSafeInteger(order) || order < 1)
    throw new AttributionError(
      'bad-parameter',
      'order',
      'The order is no whole number from 1.',
      'Give 1, 2, 3 or up to the longest path.',
    );
  if (lost !== 'with' && lost !== 'without')
    throw new AttributionError(
      'bad-parameter',
      'lost',
      'This cannot be chosen.',
      'Give one of with, without.',
    );
  return { order, withLost: lost === 'with' };
}

/** Beyond 20 channels: random orders that are looked at, unless told. */
const PERMUTATIONS = 1_000;

/** The settings of general Shapley values. @throws AttributionError */
export function gameIn(spec: ModelSpec): { game: Game; permutations: number; seed: number } {
  onlyParameters(spec, ['game', 'permutations', 'seed']);
  const { parameters = {} } = spec;
  const { game = 'rate', permutations = PERMUTATIONS, seed = 1 } = parameters;
  const known = GAMES.find((each) => each === game);
  if (known === undefined)
    throw new AttributionError(
      'bad-parameter',
      'game',
      'This cannot be chosen.',
      `Give one of ${GAMES.join(', ')}.`,
    );
  return {
    game: known,
    permutations: wholeIn('permutations', permutations, 2),
    seed: wholeIn('seed', seed, 0),
  };
}

const MOST = 2 ** 32 - 1;

function wholeIn(field: string, given: unknown, least: number): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= least && given <= MOST) return given;
  throw new AttributionError(
    'bad-parameter',
    field,
    'This is no such number.',
    `Give a whole number, ${least} to ${MOST}.`,
  );
}

/** The channels that last non-direct credit passes over. */
export function namesIn({ spec }: RuleModel): readonly string[] {
  const { exclude } = spec.parameters;
  return Array.isArray(exclude) ? (exclude as readonly string[]) : [];
}
