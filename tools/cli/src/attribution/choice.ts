import {
  AttributionError,
  countersFor,
  GAMES,
  PATH_MODELS,
  PATH_MODELS_ON_REQUEST,
  RULE_MODELS,
  type CounterOptions,
  type ModelSpec,
} from '@throughline/attribution';
import { UsageError } from '../usage.error.ts';
import { CUSTOM, type OwnModel } from './own-models.ts';

/** What the command can show beside the models; none of it is credit by channel. */
export const BESIDE = ['shapley-ordered', 'shapley-rate', 'participation', 'uniform'] as const;
type Beside = (typeof BESIDE)[number];

/** Models that an option can name: custom ones come in a file, with their weights. */
export const NAMED = [...PATH_MODELS, ...PATH_MODELS_ON_REQUEST.filter((name) => !CUSTOM.includes(name))];

export interface Options {
  readonly models?: string;
  readonly order: string;
  readonly lost: boolean;
  readonly weights: string;
  readonly exclude: string;
  readonly shapleyGame: string;
  readonly shapleyOrders: string;
  readonly seed: string;
}

export interface ChosenModel {
  readonly spec: ModelSpec;
  /** what a table calls it, where its user named it */
  readonly name?: string;
}

export interface Choice {
  readonly models: readonly ChosenModel[];
  readonly beside: ReadonlySet<Beside>;
  readonly counters: CounterOptions;
  readonly permutations: number;
  readonly seed: number;
}

/**
 * @param own models of a file; they come after those that are named
 * @throws UsageError naming the option and what it takes, before any path is read
 */
export function choiceOf(options: Options, own: readonly OwnModel[] = []): Choice {
  const chosen = namesOf(options, own.length > 0);
  const clash = own.find(({ name }) => chosen.includes(name));
  if (clash)
    throw new UsageError(
      `--model-file: ${clash.name} is among --models too. Give yours a "name" of its own.`,
    );
  const models: ChosenModel[] = [
    ...chosen
      .filter((name) => NAMED.includes(name))
      .flatMap((name) => specsOf(name, options).map((spec) => ({ spec }))),
    ...own,
  ];
  const beside = new Set(BESIDE.filter((name) => chosen.includes(name)));
  const counters = countersOf(models);
  return {
    ...{ models, beside },
    counters: {
      ...counters,
      ordered: beside.has('shapley-ordered'),
      sets: counters.sets === true || beside.has('shapley-rate'),
    },
    ...samplingOf(options),
  };
}

function namesOf({ models }: Options, hasOwn: boolean): readonly string[] {
  if (models === undefined) return PATH_MODELS;
  const chosen = [...new Set(listed(models))];
  const known = [...NAMED, ...BESIDE];
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length === 0 && (chosen.length > 0 || hasOwn)) return chosen;
  const [own] = unknown.filter((name) => CUSTOM.includes(name));
  if (own !== undefined)
    throw new UsageError(`--models: ${own} needs weights. Tell them in a file: --model-file, see --help.`);
  const ofTimes = unknown.find((name) => RULE_MODELS.some((model) => model.name === name));
  if (ofTimes !== undefined)
    throw new UsageError(
      `--models: ${ofTimes} looks at times or milestones, which a file of paths does not have; \`attribution credit\` has it for deals. Here there are ${known.join(', ')}.`,
    );
  throw new UsageError(
    `--models: there is no model ${unknown.join(', ') || 'without a name'}. There are ${known.join(', ')}.`,
  );
}

/** Which named models look at an option; the others have it told in --model-file. */
const OPTION_OF: Readonly<Record<string, readonly string[]>> = {
  order: ['markov'],
  withoutLost: ['markov'],
  weights: ['position-based'],
  exclude: ['last-non-direct'],
  shapleyGame: ['shapley-general'],
  shapleyOrders: ['shapley-general', 'shapley-rate'],
  seed: ['shapley-general', 'shapley-rate'],
};

/** @param given names of the options that were told. @throws UsageError for one that no model of the choice looks at */
export function refuseIdle(given: readonly string[], { models, beside }: Choice): void {
  const chosen = [...models.filter(({ name }) => name === undefined).map(({ spec }) => spec.name), ...beside];
  const idle = given.find((option) => OPTION_OF[option]?.every((model) => !chosen.includes(model)));
  if (idle === undefined) return;
  const flag = idle.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(
    `--${flag} is of ${OPTION_OF[idle]?.join(' and ')}, which --models does not name. Name it, or leave the option out.`,
  );
}

function specsOf(name: string, options: Options): ModelSpec[] {
  const { order, lost, weights, exclude, shapleyGame: game } = options;
  switch (name) {
    case 'position-based': {
      const [first, middle, last, ...rest] = weights.split('/').map((each) => each.trim());
      if (last === undefined || rest.length > 0)
        throw new UsageError(`--weights takes first/middle/last, such as 40/20/40; not ${weights}.`);
      return [{ name, parameters: { first, middle, last } }];
    }
    case 'last-non-direct':
      return [{ name, parameters: { exclude: listed(exclude) } }];
    case 'markov':
      return ordersOf(order).map((each) => ({
        name,
        parameters: { order: each, lost: lost ? 'with' : 'without' },
      }));
    case 'shapley-general':
      if (!GAMES.some((each) => each === game))
        throw new UsageError(`--shapley-game takes ${GAMES.join(' or ')}; not ${game}.`);
      return [{ name, parameters: { game, ...samplingOf(options) } }];
    default:
      return [{ name }];
  }
}

const samplingOf = ({ shapleyOrders, seed }: Options) => ({
  permutations: whole('shapley-orders', shapleyOrders, 2, 100_000),
  seed: whole('seed', seed, 0, 2 ** 32 - 1),
});

function ordersOf(order: string): number[] {
  const orders = [...new Set(listed(order).map(Number))];
  if (orders.length > 0 && orders.every((each) => Number.isSafeInteger(each) && each >= 1)) return orders;
  throw new UsageError(`--order takes whole numbers from 1, such as 2 or 1,2,3; not ${order}.`);
}

/** What has to be counted. @throws UsageError */
function countersOf(models: readonly ChosenModel[]): CounterOptions {
  for (const { spec, name } of models) {
    try {
      countersFor([spec]);
    } catch (error) {
      if (!(error instanceof AttributionError)) throw error;
      const option = spec.name === 'position-based' ? '--weights, ' : '';
      if (error.code === 'unknown-model') throw new UsageError(`--model-file: ${error.message}`);
      const where = name === undefined ? option : `--model-file, ${name}, `;
      throw new UsageError(`${where}${error.field}: ${error.message}`);
    }
  }
  return countersFor(models.map(({ spec }) => spec));
}

function whole(option: string, given: string, least: number, most: number): number {
  const read = given.trim() === '' ? NaN : Number(given);
  if (Number.isInteger(read) && read >= least && read <= most) return read;
  throw new UsageError(`--${option} takes a whole number, ${least} to ${most}; not ${given}.`);
}

const listed = (text: string) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
