import { credit as deal, modelOf, type Journey } from '@throughline/attribution';
import { canonicalJson, WHOLE_CREDIT } from '@throughline/contracts';
import { countedTouches } from './counted-touches.ts';
import { endOfMoment, type Counts, type Credit, type Deal, type Definition } from './deal.state.ts';
import { inForceAt } from './definitions-in-force.ts';

/** What is to be said of a deal under a model, where it differs from what was said last. */
export interface CreditEvent {
  readonly name: 'credit.assigned' | 'credit.revised';
  readonly data: Credit;
}

/** What was said last of a deal under a model, as canonical JSON. */
export interface CreditInForce {
  readonly model: string;
  readonly said: string;
}

/**
 * What has to be said of a deal for its credit to be right under every model. A deal that was credited and is not won
 * any more is credited nothing, under the definitions that it had. Counts of touches are not said: a touch that changes no
 * share would say them again of every model, and an older event that has them is not replaced for them alone.
 * @param definitions every version of every model
 */
export function decideCredit(
  deal: Deal,
  definitions: readonly Definition[],
  inForce: readonly CreditInForce[],
): readonly CreditEvent[] {
  const wanted =
    deal.outcome === 'won'
      ? inForceAt(definitions, deal).map((definition) => toSay(creditOf(deal, definition)))
      : inForce.map(({ said }) => withdrawn(toSay(JSON.parse(said) as Credit), deal.outcome));
  return differing(wanted, inForce);
}

/** What has to be said of a deal that nobody knows of: it is credited nothing, and not known to be won. */
export function decideUnknown(inForce: readonly CreditInForce[]): readonly CreditEvent[] {
  const told = inForce.map(({ said }) => toSay(JSON.parse(said) as Credit));
  const wanted = told.map((it) => withdrawn(it, it.outcome === 'won' ? 'open' : it.outcome));
  return differing(wanted, inForce);
}

function differing(wanted: readonly Credit[], inForce: readonly CreditInForce[]): readonly CreditEvent[] {
  const before = new Map(inForce.map(({ model, said }) => [model, said]));
  return wanted.flatMap((data): CreditEvent[] => {
    const said = before.get(data.model.id);
    if (said !== undefined && saysAlready(said, canonicalJson(data))) return [];
    return [{ name: said === undefined ? 'credit.assigned' : 'credit.revised', data }];
  });
}

/** A credit as its event says it. */
export function toSay({ considered: _, leftOut: __, ...credit }: Credit): Credit {
  return credit;
}

/** The counts of a deal as it is, under the version of a model that its credit goes by; none are counted once it is not won. */
export function countsOf(deal: Deal, model: Credit['model'], definitions: readonly Definition[]): Counts {
  const found = definitions.find((it) => it.model === model.id && it.version === model.version);
  if (deal.outcome !== 'won' || !found) return { considered: 0, leftOut: NONE_LEFT_OUT };
  const { journey, leftOut } = countedTouches(deal, found);
  return { considered: journey.touches.length, leftOut };
}

const NONE_LEFT_OUT = { exposures: 0, undated: 0, late: 0, early: 0, beyond: 0 };

function saysAlready(said: string, wanted: string): boolean {
  return said === wanted || canonicalJson(toSay(JSON.parse(said) as Credit)) === wanted;
}

/**
 * The credit of a deal under a version of a model; of an open one as it stands, which is never said as an event. Shares are dealt twice, in millionths of the deal and in minor
 * units of its amount, each by largest remainder: they and the rest sum to the whole and to the amount (I8).
 */
export function creditOf(of: Deal, definition: Definition): Credit & Counts {
  const { journey, leftOut } = countedTouches(of, definition);
  const ends = journey.closedAt !== null || of.outcome === 'open';
  const model = modelOf({ name: definition.rule, parameters: definition.parameters });
  const deals = ends && (of.amount ?? 0n) >= 0n && !closesBeforeOpening(of);
  const dealt = (amount: bigint) => deal(journey, model, amount, of.opportunity);
  const weights = deals ? dealt(BigInt(WHOLE_CREDIT)) : null;
  const amounts = deals && of.amount !== null ? dealt(of.amount) : null;
  const shares = journey.touches.flatMap(({ id, person }, at) => {
    const weight = Number(weights?.shares[at] ?? 0n);
    const amount = amounts === null ? null : Number(amounts.shares[at] ?? 0n);
    return weight === 0 && (amount ?? 0) === 0 ? [] : [{ touch: id, person, weight, amount }];
  });
  const rest = amounts?.unattributed ?? of.amount;
  return {
    ...head(of, definition),
    considered: journey.touches.length,
    leftOut,
    shares,
    unattributed: {
      weight: weights === null ? WHOLE_CREDIT : Number(weights.unattributed),
      amount: rest === null ? null : Number(rest),
      reason: reasonOf(of, journey, shares.length, weights?.unattributed ?? 0n),
    },
  };
}

function head(of: Deal, definition: Definition) {
  const { model, version, rule, parameters, scope, exposures } = definition;
  const { windowDays, mostRecent, severalConversions } = definition;
  const amount = of.amount === null ? null : { amount: Number(of.amount), currency: of.currency };
  return {
    opportunity: of.opportunity,
    model: { id: model, version },
    outcome: of.outcome,
    ...{ rule, parameters, scope, exposures, windowDays, mostRecent, severalConversions },
    closedAt: of.closed.at,
    amount,
  };
}

function reasonOf(
  of: Deal,
  { touches, closedAt }: Journey,
  shares: number,
  rest: bigint,
): Credit['unattributed']['reason'] {
  if (closesBeforeOpening(of)) return 'close-before-opening';
  if (closedAt === null && of.outcome !== 'open') return 'close-undated';
  if (touches.length === 0) return 'no-touch';
  if ((of.amount ?? 0n) < 0n) return 'negative-amount';
  if (shares === 0) return 'no-touch-of-the-rule';
  return rest > 0n ? 'no-touch-at-milestone' : null;
}

/** Such a deal is inconsistent: which touches led to it, and to its opening, nobody can tell. */
function closesBeforeOpening({ opened, closed }: Deal): boolean {
  const end = endOfMoment(closed);
  return end !== null && opened.at !== null && end < Date.parse(opened.at);
}

function withdrawn(said: Credit, outcome: Credit['outcome']): Credit {
  return {
    ...said,
    ...{ outcome, closedAt: null, shares: [] },
    amount: said.amount && { ...said.amount, amount: 0 },
    unattributed: { weight: 0, amount: said.amount && 0, reason: 'not-won' },
  };
}
