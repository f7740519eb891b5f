import { STANDARD_COUNTING } from '../credit/deal-paths.ts';
import type { Definition } from '../credit/deal.state.ts';
import type { Snapshot } from './snapshot-of.ts';

/** A rule needs a weight, also where no channel has one; no touch has this one. */
const NO_CHANNEL = '(no channel)';

/** Ends the id of every such rule; no model can be defined by one like it. */
export const BY_DEAL = '-by-deal';

/**
 * Credit of single deals under a snapshot, as a rule of its own: amount × weight of the channel ÷ weights on the path,
 * by largest remainder. A channel that comes several times on a path has its weight once, in equal parts; under ordered
 * Shapley each touch has the weight of its channel at its place. What weighs nothing or less gets nothing of a deal.
 */
export function byDeal(snapshot: Snapshot): Definition {
  const { model, number, asOf } = snapshot;
  return {
    ...STANDARD_COUNTING,
    ...{ model: model + BY_DEAL, version: number, title: null, inForceFrom: asOf },
    ...(snapshot.rule === 'shapley-ordered' ? byPlace(snapshot) : byChannel(snapshot)),
  };
}

function byChannel({ weights }: Snapshot): Pick<Definition, 'rule' | 'parameters'> {
  const weighing = weights.filter(({ weight }) => Number(weight) > 0);
  const named = weighing.map(({ channel, weight }) => [channel, weight] as const);
  const channels = Object.fromEntries(named.length > 0 ? named : [[NO_CHANNEL, '1']]);
  return { rule: 'custom-by-channel', parameters: { channels, other: '0', repeats: 'split' } };
}

/** The last place that a snapshot can tell of stands for all that come after; where it was not reached, those weigh 0. */
function byPlace({ weights, parameters }: Snapshot): Pick<Definition, 'rule' | 'parameters'> {
  const most = Number(parameters['places']);
  const named = weights.flatMap(({ channel, places = [] }) => {
    const last = places.at(-1)?.place ?? 0;
    if (last === 0) return [];
    const list = new Array<string>(Math.min(last + 1, most)).fill('0');
    for (const { place, conversions } of places) list[place - 1] = conversions;
    return [[channel, list] as const];
  });
  const places = Object.fromEntries(named.length > 0 ? named : [[NO_CHANNEL, ['1']]]);
  return { rule: 'custom-by-channel-and-place', parameters: { places, other: '0' } };
}
