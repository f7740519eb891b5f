import {
  journeysOf,
  lastReached,
  touchesOf,
  type Conversion,
  type ConversionJourney,
} from '@throughline/attribution';
import { MOST_COUNTED_TOUCHES } from '@throughline/contracts';
import { endOfMoment, type Deal, type Definition, type PlacedTouch } from './deal.state.ts';

/** What a definition says of the touches that count. */
export type Counting = Pick<
  Definition,
  'scope' | 'exposures' | 'windowDays' | 'mostRecent' | 'severalConversions' | 'pathSteps' | 'milestones'
>;

/** The touches that count for a deal, in order, and how many of its touches do not, by reason. */
export interface CountedTouches {
  readonly journey: ConversionJourney<PlacedTouch>['journey'];
  readonly leftOut: Record<'exposures' | 'undated' | 'late' | 'early' | 'beyond', number> & {
    /** by path steps; left out where the definition has none, so that what was said of a deal before stays as it is */
    readonly folded?: number;
  };
}

const DAY = 86_400_000;

/** Most models count alike: what was counted for a deal is counted once. */
const known = new WeakMap<Deal, Map<string, CountedTouches>>();

/**
 * Windows are instants with both ends included. An open deal has no end yet, and therefore no window: its most recent
 * touches count. So has a deal whose close nobody dated; its touches cannot be told from later ones. Path steps make the
 * path of what is in the window; of that the most recent touches stay where a definition says so, with those that hold
 * milestones. Without such a limit all count, up to what memory and time allow (65,000): `beyond` says how many did not.
 */
export function countedTouches(deal: Deal, counting: Counting): CountedTouches {
  const { scope, exposures, windowDays, mostRecent, severalConversions, pathSteps, milestones } = counting;
  const ways = [scope, exposures, windowDays, mostRecent, severalConversions, pathSteps, milestones];
  const alike = JSON.stringify(ways);
  const ofDeal = known.get(deal) ?? new Map<string, CountedTouches>();
  const counted = ofDeal.get(alike) ?? count(deal, counting);
  known.set(deal, ofDeal.set(alike, counted));
  return counted;
}

function count(deal: Deal, counting: Counting): CountedTouches {
  const closedAt = endOfMoment(deal.closed);
  const inScope = touchesOf(deal.touches, deal, counting.scope);
  const counted = counting.exposures ? inScope : inScope.filter(({ kind }) => kind === 'activity');
  const milestones = milestonesOf(deal, closedAt, counting);
  const own = { id: deal.opportunity, outcome: deal.outcome, closedAt, milestones };
  const restarts = counting.severalConversions === 'restart';
  const [found] = journeysOf(counted, [own, ...(restarts ? lastWonBefore(deal, closedAt) : [])], {
    asOf: Number.MAX_SAFE_INTEGER,
    windowMs: closedAt === null || counting.windowDays === null ? null : counting.windowDays * DAY,
    mostRecent: counting.mostRecent ?? MOST_COUNTED_TOUCHES,
    severalConversions: counting.severalConversions,
    path: counting.pathSteps ?? [],
  });
  if (!found) throw new Error('every conversion has a journey');
  const { undated, late, early, beyond, folded } = found.leftOut;
  const exposures = inScope.length - counted.length;
  return {
    journey: found.journey,
    leftOut: {
      ...{ exposures, undated, late, early, beyond },
      ...(counting.pathSteps === undefined ? {} : { folded }),
    },
  };
}

/** When the deal reached them: the first time, unless the definition goes by the last. */
function milestonesOf(deal: Deal, closedAt: number | null, { milestones: which }: Counting) {
  const { lead, opened, captures, reopened } = deal;
  if (which !== 'last') return { lead: endOfMoment(lead), opportunity: endOfMoment(opened) };
  return {
    lead: lastReached(captures.map(endOfMoment), closedAt),
    opportunity: lastReached([opened, ...reopened].map(endOfMoment), closedAt),
  };
}

/** The deal of the account whose win used touches up, at most one: each deal that is given costs a journey. */
function lastWonBefore({ wonBefore }: Deal, closedAt: number | null): Conversion[] {
  const milestones = { lead: null, opportunity: null };
  const won = wonBefore
    .map((it) => ({ id: it.opportunity, outcome: 'won' as const, closedAt: endOfMoment(it), milestones }))
    .filter((it) => it.closedAt !== null && (closedAt === null || it.closedAt < closedAt));
  return won.length === 0 ? [] : [won.reduce((a, b) => ((b.closedAt ?? 0) > (a.closedAt ?? 0) ? b : a))];
}
