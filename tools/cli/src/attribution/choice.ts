import { PATH_MODELS } from '@throughline/attribution';
import { UsageError } from '../usage.error.ts';

/** What the command can show beside the models; none of it is credit by channel. */
export const BESIDE = ['shapley-ordered', 'shapley-rate', 'participation'] as const;

export interface Options {
  readonly paths: string;
  readonly models?: string;
  readonly order: string;
  readonly lost: boolean;
  readonly weights: string;
  readonly exclude: string;
  readonly seed: string;
}

export interface Choice {
  readonly models: readonly string[];
  readonly orders: readonly number[];
  readonly withLost: boolean;
  readonly weights: { readonly first: string; readonly middle: string; readonly last: string };
  readonly exclude: readonly string[];
  readonly seed: number;
}

/** @throws UsageError naming the option and what it takes */
export function choiceOf({ models, order, lost, weights, exclude, seed }: Options): Choice {
  const known = [...PATH_MODELS, ...BESIDE];
  const chosen = models === undefined ? PATH_MODELS : listed(models);
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0 || chosen.length === 0)
    throw new UsageError(
      `--models: there is no model ${unknown.join(', ') || 'without a name'}. There are ${known.join(', ')}.`,
    );
  const orders = listed(order).map(Number);
  if (orders.length === 0 || orders.some((each) => !Number.isSafeInteger(each) || each < 1))
    throw new UsageError(`--order takes whole numbers from 1, such as 2 or 1,2,3; not ${order}.`);
  const [first, middle, last, ...rest] = weights.split('/').map((each) => each.trim());
  if (first === undefined || middle === undefined || last === undefined || rest.length > 0)
    throw new UsageError(`--weights takes first/middle/last, such as 40/20/40; not ${weights}.`);
  const drawn = Number(seed);
  if (!Number.isInteger(drawn) || drawn < 0 || drawn >= 2 ** 32)
    throw new UsageError(`--seed takes a whole number, 0 to 4294967295; not ${seed}.`);
  return {
    models: [...new Set(chosen)],
    orders: [...new Set(orders)],
    withLost: lost,
    weights: { first, middle, last },
    exclude: listed(exclude),
    seed: drawn,
  };
}

const listed = (text: string) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
