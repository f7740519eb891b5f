import {
  AttributionError,
  formatDecimal,
  modelOf,
  parseDecimal,
  readPathSteps,
  UNIT,
} from '@throughline/attribution';
import { attributionModelDefined } from '@throughline/contracts';
import type { GivenSettings, ModelSettings } from './model.commands.ts';
import { UnfitSettings } from './model.error.ts';

type Steps = NonNullable<ModelSettings['pathSteps']>;
type Parameters = ModelSettings['parameters'];
type Probabilities = NonNullable<ModelSettings['stageProbabilities']>;

const { parameters: parametersSchema, pathSteps: stepsSchema } = attributionModelDefined.schema.shape;
/** Channels, or other names, of one parameter. */
const MOST_NAMED = 1_000;
const MOST_BYTES = 100_000;
const STEPS = ['collapse-repeats', 'first-occurrence', 'exclude', 'exclude-trailing', 'keep-last'];

/**
 * Settings as they are kept: every parameter of the rule, numbers as decimal text. What is not said of path steps and
 * stages is left out, so that a definition from before there were any is the same again.
 * @throws UnfitSettings naming what is wrong, and what may stand there
 */
export function readSettings(sent: GivenSettings): ModelSettings {
  const { pathSteps = [], milestones = 'first', stageProbabilities, ...given } = sent;
  return {
    ...given,
    parameters: readParameters(given),
    ...(pathSteps.length === 0 ? {} : { pathSteps: readSteps(pathSteps) }),
    ...(milestones === 'first' ? {} : { milestones }),
    ...(stageProbabilities === undefined ? {} : { stageProbabilities: readStages(stageProbabilities) }),
  };
}

function readParameters({ rule, parameters: given }: Pick<GivenSettings, 'rule' | 'parameters'>) {
  const { parameters } = unfit('/data/parameters', () => modelOf({ name: rule, parameters: given }).spec);
  const read = parametersSchema.safeParse(parameters);
  if (read.success) return bounded(read.data);
  throw new UnfitSettings(
    'settings-unfit',
    '/data/parameters',
    'The parameters are too many or too long.',
    'Name a hundred at most, in texts of 200 characters at most.',
  );
}

/** Every credit carries the parameters of its rule, and has to fit into a record of the log. */
function bounded(parameters: Parameters): Parameters {
  const wide = Object.keys(parameters).find((name) => namesIn(parameters[name]) > MOST_NAMED);
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (wide === undefined && bytes <= MOST_BYTES) return parameters;
  throw new UnfitSettings(
    'settings-unfit',
    wide === undefined ? '/data/parameters' : `/data/parameters/${pointer(wide)}`,
    wide === undefined ? `The parameters are ${bytes} bytes.` : 'These are too many names.',
    `Name ${MOST_NAMED} at most, in ${MOST_BYTES} bytes of JSON for all parameters; the rest is as \`other\` says.`,
  );
}

const namesIn = (parameter: Parameters[string] | undefined): number =>
  typeof parameter === 'object' && !Array.isArray(parameter) ? Object.keys(parameter).length : 0;

function readSteps(given: readonly unknown[]): Steps {
  // not all of the library's: a tagged channel is another channel, whom no rule knows, and identity says nothing
  const at = given.findIndex((it) => !STEPS.some((step) => step === (it as { step?: unknown } | null)?.step));
  if (at >= 0) {
    const remedy = `Give one of ${STEPS.join(', ')}.`;
    throw new UnfitSettings(
      'settings-unfit',
      `/data/pathSteps/${at}/step`,
      'There is no such path step.',
      remedy,
    );
  }
  const steps = unfit('/data/pathSteps', () => readPathSteps(given));
  const read = stepsSchema.safeParse(steps);
  if (read.success && read.data !== undefined) return read.data;
  const path = read.error?.issues[0]?.path ?? [];
  throw new UnfitSettings(
    'settings-unfit',
    ['/data/pathSteps', ...path.map(String)].join('/'),
    'The path step is too long.',
    'Keep 65,000 touches at most, name 100 channels at most, of 1 to 200 characters.',
  );
}

function readStages({ stages, other }: NonNullable<GivenSettings['stageProbabilities']>): Probabilities {
  const named = Object.entries(stages);
  const where = '/data/stageProbabilities';
  if (named.length > 100 || named.some(([stage]) => stage.trim() === '' || stage.length > 200)) {
    const remedy = 'Name a hundred at most, of 1 to 200 characters.';
    throw new UnfitSettings('settings-unfit', `${where}/stages`, 'These are no stages.', remedy);
  }
  return {
    stages: Object.fromEntries(
      named.map(([stage, given]) => [stage, probability(`${where}/stages/${pointer(stage)}`, given)]),
    ),
    other: probability(`${where}/other`, other),
  };
}

function probability(field: string, given: number | string): string {
  const read = parseDecimal(String(given));
  if (read !== null && read <= UNIT) return formatDecimal(read);
  const remedy = 'Give a number from 0 to 1, such as 0.4.';
  throw new UnfitSettings('settings-unfit', field, 'This is no probability.', remedy);
}

/** What the library refuses, at its place in the command. */
function unfit<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AttributionError)) throw error;
    const { field, message, remedy } = error;
    // the list of steps is named `path` there
    const within = where.endsWith('pathSteps') ? field.replace(/^path/, '') : `/${field}`;
    const place = within.replaceAll(/\[(\d+)\]/g, '/$1').replaceAll('.', '/');
    throw new UnfitSettings('settings-unfit', where + place, message.replace(` ${remedy}`, ''), remedy);
  }
}

const pointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
