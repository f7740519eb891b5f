import { GAMES, type Game } from '@throughline/attribution';
import { z } from 'zod';
import { refusal } from '../attribution.error.ts';

/** Data-driven models, which look at all paths together. */
export const SNAPSHOT_RULES = ['markov', 'shapley', 'shapley-ordered', 'shapley-general'] as const;

export type SnapshotRule =
  | {
      readonly rule: 'markov';
      /** how many channels a step remembers */
      readonly order: number;
      /** whether lost deals weigh on where journeys go */
      readonly lost: 'with' | 'without';
    }
  | { readonly rule: 'shapley' | 'shapley-ordered' }
  | {
      readonly rule: 'shapley-general';
      readonly game: Game;
      /** beyond 20 channels: random orders that are looked at, and what they are drawn from */
      readonly permutations: number;
      readonly seed: number;
    };

const MOST_PERMUTATIONS = 10_000;

/** What a sender says of the rule; what is not of it must be left out. */
export const ruleParameters = {
  rule: z.enum(SNAPSHOT_RULES),
  order: z
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe('of markov: channels that a step remembers; 1 unless told'),
  lost: z.enum(['with', 'without']).optional().describe('of markov: with, unless told'),
  game: z
    .enum(GAMES)
    .optional()
    .describe(
      'of shapley-general: what channels together are worth, of the deals that touch no other; rate unless told',
    ),
  permutations: z
    .int()
    .min(2)
    .max(MOST_PERMUTATIONS)
    .optional()
    .describe('of shapley-general, beyond 20 channels: random orders that are looked at; 1,000 unless told'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .describe('of shapley-general, beyond 20 channels: the same seed gives the same weights; 1 unless told'),
};
type Said = z.output<z.ZodObject<typeof ruleParameters>>;
type Setting = Exclude<keyof Said, 'rule'>;

/** The settings of each rule. */
const settings: Readonly<Record<Said['rule'], readonly Setting[]>> = {
  markov: ['order', 'lost'],
  shapley: [],
  'shapley-ordered': [],
  'shapley-general': ['game', 'permutations', 'seed'],
};
/** What says nothing of another rule either. */
const usual: Readonly<Partial<Record<Setting, unknown>>> = { order: 1, lost: 'with' };

/** @throws ProblemError 422 naming a setting that the rule does not have */
export function readRule(given: Said): SnapshotRule {
  const { rule, order = 1, lost = 'with', game = 'rate', permutations = 1_000, seed = 1 } = given;
  const extra = (['order', 'lost', 'game', 'permutations', 'seed'] as const).find(
    (name) => given[name] !== undefined && given[name] !== usual[name] && !settings[rule].includes(name),
  );
  if (extra !== undefined) {
    const has = settings[rule].length === 0 ? 'has none' : `has ${settings[rule].join(', ')}`;
    throw refusal('parameter-invalid', `${rule} has no ${extra}.`, {
      field: `/${extra}`,
      remedy: `Leave it out; ${rule} ${has}.`,
    });
  }
  if (rule === 'markov') return { rule, order, lost };
  return rule === 'shapley-general' ? { rule, game, permutations, seed } : { rule };
}

/** The id of a data-driven model: each has its own numbers. How it was sampled is a setting of each snapshot. */
export function modelOfRule(rule: SnapshotRule): string {
  if (rule.rule === 'markov') return `markov-${rule.order}${rule.lost === 'with' ? '' : '-without-lost'}`;
  return rule.rule === 'shapley-general' ? `shapley-general-${rule.game}` : rule.rule;
}
