import type { ModelSpec } from '@throughline/attribution';
import { UsageError } from '../usage.error.ts';
import { readJson } from './json-file.ts';

/** Rules that have no usual weights. */
export const CUSTOM: readonly string[] = [
  'custom-by-position',
  'custom-by-channel',
  'custom-by-channel-and-place',
];

/** The parameters of custom models, for those who write a file of them. */
export const CUSTOM_EXPLAINED = `custom-by-position: { "start": [40, 10], "rest": 20, "end": [30] }
  start: of the first places; end: of the last, counted from the end; rest: of all between together
custom-by-channel: { "channels": { "fair": 3, "email": 1 }, "other": 0, "repeats": "each" }
  each touch of a channel has its weight; with "split" all its touches together
custom-by-channel-and-place: { "places": { "fair": [3, 1], "email": [1] }, "other": 0 }
  a touch of fair weighs 3 as the first of the path, 1 as the second and, as that is told last, at every later place
Weights are numbers of any scale, 0 or more. other: of every channel that is not named.`;

export interface OwnModel {
  readonly name: string;
  readonly spec: ModelSpec;
}

/** Settings of a model of deals that a file of paths has nothing for. */
const OF_DEALS = [
  'scope',
  'windowDays',
  'inForceFrom',
  'exposures',
  'mostRecent',
  'severalConversions',
  'stageProbabilities',
];

/** Models as a file has them: one, or a list. @throws UsageError naming the model and the field */
export async function readOwnModels(file: string): Promise<OwnModel[]> {
  const given = await readJson(file);
  const models = (Array.isArray(given) ? given : [given]).map((one: unknown, at) => ownModel(one, at + 1));
  const twice = models.find(({ name }, at) => models.findIndex((other) => other.name === name) < at);
  if (twice !== undefined)
    throw new UsageError(`--model-file: two models are called ${twice.name}. Give each a "name" of its own.`);
  if (models.length > 0) return models;
  throw new UsageError('--model-file: there is no model in it. --help shows what such a file looks like.');
}

function ownModel(given: unknown, number: number): OwnModel {
  const fields: Readonly<Record<string, unknown>> = isObject(given) ? given : {};
  const { rule, name = rule, parameters = {}, ...rest } = fields;
  const refuse = (wrong: string) => new UsageError(`--model-file, model ${number}: ${wrong}`);
  if (typeof rule !== 'string') throw refuse('There is no "rule". Give one, such as "custom-by-channel".');
  if (typeof name !== 'string' || name.trim() === '')
    throw refuse('The "name" is no text. Give one, or leave it out.');
  if (!isObject(parameters)) throw refuse('"parameters" is no object. Give one, such as { "first": 60 }.');
  const [extra] = Object.keys(rest);
  if (extra === 'pathSteps') throw refuse('Steps are of all models of a file. Give them by --path-step.');
  if (extra === undefined) return { name, spec: { name: rule, parameters } };
  throw refuse(
    OF_DEALS.includes(extra)
      ? `"${extra}" is for models of deals, a file of paths has none. Leave it out.`
      : `There is no field "${extra}". Give name, rule and parameters.`,
  );
}

const isObject = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);
