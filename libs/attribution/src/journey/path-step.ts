import { AttributionError } from '../attribution.error.ts';

/**
 * One step of path normalisation, as in Fractribution (Google) and Snowplow Attribution, whose names stand in brackets.
 *
 * - `identity` [unique_path]: nothing.
 * - `collapse-repeats` [exposure_path]: of touches of one channel in a row the first stays.
 * - `first-occurrence` [first_path]: of all touches of one channel the first stays.
 * - `frequency-tagged` [frequency_path]: as first-occurrence, the channel followed by its count: `email(3)`.
 * - `exclude` [remove_if_not_all]: drops channels, unless nothing else is on the path.
 * - `exclude-trailing` [remove_if_last_and_not_all]: drops them from the end only, unless nothing else is there.
 * - `keep-last` [trim_long_path]: keeps the last n.
 */
export type PathStep =
  | { readonly step: (typeof PLAIN)[number] }
  | { readonly step: (typeof EXCLUDING)[number]; readonly channels: readonly string[] }
  | { readonly step: 'keep-last'; readonly touches: number };

const PLAIN = ['identity', 'collapse-repeats', 'first-occurrence', 'frequency-tagged'] as const;
const EXCLUDING = ['exclude', 'exclude-trailing'] as const;

interface OnChannel {
  readonly channel: string;
}

/** Takes the steps one after the other; a path never becomes empty. */
export function normalise<T extends OnChannel>(path: readonly T[], steps: readonly PathStep[]): readonly T[] {
  return steps.reduce<readonly T[]>((so, step) => taken(so, step), path);
}

function taken<T extends OnChannel>(path: readonly T[], step: PathStep): readonly T[] {
  switch (step.step) {
    case 'identity':
      return path;
    case 'collapse-repeats':
      return path.filter(({ channel }, index) => channel !== path[index - 1]?.channel);
    case 'first-occurrence':
      return firsts(path);
    case 'frequency-tagged':
      return firsts(path).map((it) => ({ ...it, channel: `${it.channel}(${count(path, it.channel)})` }));
    case 'exclude': {
      const left = path.filter(({ channel }) => !step.channels.includes(channel));
      return left.length === 0 ? path : left;
    }
    case 'exclude-trailing': {
      const last = path.findLastIndex(({ channel }) => !step.channels.includes(channel));
      return last < 0 ? path : path.slice(0, last + 1);
    }
    case 'keep-last':
      return path.slice(-step.touches);
  }
}

/**
 * Reads steps from a configuration: `[{ "step": "exclude", "channels": ["direct"] }]`.
 * @throws AttributionError `unknown-parameter`, `bad-parameter`, naming the step by its place
 */
export function readPathSteps(given: unknown): readonly PathStep[] {
  if (!Array.isArray(given)) throw bad('path', 'Path steps are no list.', 'Give a list of steps.');
  return given.map((step: unknown, index) => readStep(`path[${index}]`, step));
}

function readStep(field: string, given: unknown): PathStep {
  const known = [...PLAIN, ...EXCLUDING, 'keep-last'];
  const fields = new Map(typeof given === 'object' && given !== null ? Object.entries(given) : []);
  const name: unknown = fields.get('step');
  const needs = name === 'keep-last' ? ['touches'] : EXCLUDING.some((it) => it === name) ? ['channels'] : [];
  const extra = [...fields.keys()].find((it) => it !== 'step' && !needs.includes(it));
  if (known.includes(String(name)) && extra !== undefined) {
    const remedy = `Leave it out; ${String(name)} takes ${needs.join() || 'nothing else'}.`;
    throw new AttributionError(
      'unknown-parameter',
      `${field}.${extra}`,
      'A path step has a field too many.',
      remedy,
    );
  }
  const plain = PLAIN.find((it) => it === name);
  if (plain) return { step: plain };
  const excluding = EXCLUDING.find((it) => it === name);
  if (excluding) {
    const channels: unknown = fields.get('channels');
    if (isTexts(channels)) return { step: excluding, channels };
    throw bad(`${field}.channels`, 'Nothing says what to exclude.', 'Give a list of channels, at least one.');
  }
  if (name === 'keep-last') {
    const touches: unknown = fields.get('touches');
    if (typeof touches === 'number' && Number.isSafeInteger(touches) && touches >= 1) {
      return { step: 'keep-last', touches };
    }
    throw bad(`${field}.touches`, 'So many touches cannot be kept.', 'Give a whole number from 1 on.');
  }
  throw bad(`${field}.step`, 'There is no such path step.', `Give one of ${known.join(', ')}.`);
}

function firsts<T extends OnChannel>(path: readonly T[]): T[] {
  const seen = new Set<string>();
  return path.filter(({ channel }) => !seen.has(channel) && seen.add(channel));
}

function count(path: readonly OnChannel[], channel: string): number {
  return path.filter((it) => it.channel === channel).length;
}

function isTexts(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.length > 0 && given.every((it) => typeof it === 'string');
}

function bad(field: string, wrong: string, remedy: string): AttributionError {
  return new AttributionError('bad-parameter', field, wrong, remedy);
}
