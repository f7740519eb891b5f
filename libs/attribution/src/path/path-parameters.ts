import { AttributionError } from '../attribution.error.ts';
import type { ModelSpec } from '../model/rule-model.ts';
import type { Written } from '../model/parameter.ts';

/** @throws AttributionError naming the first parameter that is not known */
export function onlyParameters({ name, parameters = {} }: ModelSpec, known: readonly string[]): void {
  const extra = Object.keys(parameters).find((parameter) => !known.includes(parameter));
  if (extra === undefined) return;
  const remedy = known.length === 0 ? 'Leave it out; it has none.' : `It has ${known.join(', ')}.`;
  throw new AttributionError('unknown-parameter', extra, `The model ${name} has no such parameter.`, remedy);
}

/** The settings of a Markov model: order 1 with lost journeys, unless told. @throws AttributionError */
export function orderIn({ parameters = {} }: ModelSpec): { order: number; withLost: boolean } {
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

/** A parameter that is a list of names. */
export function namesIn(written: Written | undefined): readonly string[] {
  return Array.isArray(written) ? (written as readonly string[]) : [];
}
