import { canonicalJson, isEvent, type JourneyEvent } from '@throughline/contracts';
import {
  assertionOf,
  byEdge,
  canonicalPersons,
  holds,
  isMemberAt,
  memberships,
  personAt,
  visitorIntervals,
  type Assertion,
} from '@throughline/identity';
import { creditOf, toSay } from '../credit/credit.decider.ts';
import { channelOf } from '../evidence/channel-of.projector.ts';
import {
  endOfMoment,
  UNKNOWN_CHANNEL,
  type Deal,
  type Definition,
  type Moment,
  type PlacedTouch,
} from '../credit/deal.state.ts';
import { byInstant, order } from './order.ts';
import { inForceAt } from '../credit/definitions-in-force.ts';

type Touch = JourneyEvent<'touch.recorded'>;

/**
 * The credit of all won deals, from the whole set of events, by looking at every touch for every deal: nothing is kept
 * between events, nothing is looked up, and no SQL is shared with the service.
 * @returns what is to be said of each won deal under each model, sorted
 */
export function creditFromScratch(
  events: readonly JourneyEvent[],
  definitions: readonly Definition[],
): string[] {
  const world = new World(events);
  return world
    .deals()
    .filter(({ outcome }) => outcome === 'won')
    .flatMap((deal) =>
      inForceAt(definitions, deal).map((it) => canonicalJson(toSay(creditOf(...seenBy(it, deal))))),
    )
    .sort();
}

/** A deal with the touches that count under a scope and no others, by a rule that is not the service's. */
export function inScope(deal: Deal, { scope }: Pick<Definition, 'scope'>): Deal {
  const { accounts, contacts, leads, leadPersons } = deal;
  const who = contacts.concat(leadPersons).filter((_, at) => at === 0 || scope !== 'primary-contact');
  const counts = ({ named, lead, account, person }: PlacedTouch): boolean => {
    const byPerson = who.some((it) => it === person);
    if (scope === 'primary-contact') return named || byPerson;
    if (named || leads.some((it) => it === lead)) return true;
    return scope === 'contact-roles' || account === null || accounts.length === 0
      ? byPerson
      : accounts.some((it) => it === account);
  };
  return { ...deal, touches: deal.touches.filter(counts).map((it) => ({ ...it, named: true })) };
}

/** A definition that says nothing of scopes and milestones, and the deal as the one that does sees it. */
function seenBy({ milestones, ...definition }: Definition, deal: Deal): [Deal, Definition] {
  const seen = inScope(deal, definition);
  const end = endOfMoment(deal.closed) ?? Infinity;
  const isInconsistent = deal.opened.at !== null && end < Date.parse(deal.opened.at);
  if (milestones !== 'last' || isInconsistent) return [seen, definition];
  const last = (moments: readonly Moment[]): Moment => {
    const [latest] = moments
      .map((moment) => ({ moment, at: endOfMoment(moment) ?? Infinity }))
      .filter(({ moment, at }) => moment.at !== null && at <= end)
      .sort((a, b) => b.at - a.at);
    return latest?.moment ?? { at: null, precision: 'unknown' };
  };
  return [{ ...seen, lead: last(deal.captures), opened: last([deal.opened, ...deal.reopened]) }, definition];
}

class World {
  private readonly assertions: readonly Assertion[];
  private readonly canonical: ReadonlyMap<string, string>;
  private readonly touches: readonly Touch[];
  private readonly places = new Map<Touch, PlacedTouch>();

  constructor(private readonly events: readonly JourneyEvent[]) {
    this.assertions = events.flatMap((event) => assertionOf(event) ?? []);
    const same = byEdge(this.assertions.filter(({ relation }) => relation === 'same-person')).filter(holds);
    this.canonical = canonicalPersons(
      same.flatMap(([edge]) => (edge ? [[edge.from, edge.to] as const] : [])),
    );
    const touches = events.filter((event) => isEvent(event, 'touch.recorded'));
    this.touches = touches.filter((touch) => !events.some((event) => withdraws(event, touch)));
  }

  deals(): Deal[] {
    const streams = new Set(
      this.events.filter(({ name }) => name.startsWith('opportunity.')).map(({ key }) => key),
    );
    const deals = [...streams].map((id) => this.deal(id));
    return deals.map((deal) => ({
      ...deal,
      wonBefore: deals
        .filter(
          (it) => it !== deal && it.outcome === 'won' && it.account !== null && it.account === deal.account,
        )
        .map(({ opportunity, closed }) => ({ opportunity, ...closed })),
    }));
  }

  private deal(id: string): Deal {
    let amount: { amount: number; currency: string | null } | null = null;
    let outcome: Deal['outcome'] = 'open';
    let closed: Moment = { at: null, precision: 'unknown' };
    let committee: { person: string; role: string | null }[] = [];
    const opening = this.stream(id).find((event) => isEvent(event, 'opportunity.opened'));
    for (const event of this.stream(id)) {
      if (isEvent(event, 'opportunity.opened')) amount = event.data.amount;
      if (isEvent(event, 'opportunity.amount-changed')) amount = event.data.to;
      if (isEvent(event, 'opportunity.won')) amount = event.data.amount ?? amount;
      if (isEvent(event, 'opportunity.won', 'opportunity.lost')) {
        outcome = event.name === 'opportunity.won' ? 'won' : 'lost';
        closed = momentOf(event);
      }
      if (isEvent(event, 'opportunity.reopened')) {
        outcome = 'open';
        closed = { at: null, precision: 'unknown' };
      }
      if (isEvent(event, 'opportunity.contact-added')) {
        const { person, committeeRole: role } = event.data;
        const joined = committee.some((it) => it.person === person && it.role === role);
        if (!joined) committee = [...committee, { person, role }];
      }
      if (isEvent(event, 'opportunity.contact-removed')) {
        const { person, committeeRole: role } = event.data;
        committee = committee.filter((it) => it.person !== person || (role !== null && it.role !== role));
      }
    }
    const leads = this.leadsOf(id);
    const captures = leads.flatMap((lead) => this.captureOf(lead) ?? []).sort(byInstant);
    const account = opening?.data.account ?? null;
    const seen = captures.flatMap(({ data }) => data.account ?? []);
    const [first] = captures.filter(({ occurredAt }) => occurredAt !== null);
    return {
      ...{ opportunity: id, outcome, account, owner: null, closed, leads },
      amount: amount === null ? null : BigInt(amount.amount),
      currency: amount?.currency ?? null,
      opened: opening ? momentOf(opening) : { at: null, precision: 'unknown' },
      lead: first ? momentOf(first) : { at: null, precision: 'unknown' },
      accounts: account === null ? [...new Set(seen)] : [account],
      contacts: [...new Set(committee.map(({ person }) => this.same(person)))],
      leadPersons: [
        ...new Set(captures.flatMap(({ data }) => (data.person === null ? [] : [this.same(data.person)]))),
      ],
      captures: captures.map(momentOf),
      reopened: this.stream(id)
        .filter((event) => isEvent(event, 'opportunity.reopened'))
        .map(momentOf),
      wonBefore: [],
      touches: this.touches
        .filter(({ data }) => data.opportunity === null || data.opportunity === id)
        .map((touch) => this.placeOf(touch)),
    };
  }

  /** Whose a touch is depends on no deal. */
  private placeOf(touch: Touch): PlacedTouch {
    const known = this.places.get(touch) ?? this.placed(touch);
    this.places.set(touch, known);
    return known;
  }

  private placed(touch: Touch): PlacedTouch {
    const { lead, visitor, kind, opportunity } = touch.data;
    const at = touch.occurredAt;
    const capture = lead === null ? null : this.captureOf(lead);
    const links = this.assertions.filter(
      ({ relation, from }) => relation === 'visitor-is-person' && from === visitor,
    );
    const found =
      touch.data.person ?? capture?.data.person ?? (visitor && personAt(visitorIntervals(links), at));
    const person = found === null || found === '' ? null : this.same(found);
    const account = touch.data.account ?? capture?.data.account ?? (person && this.accountOf(person, at));
    return {
      ...{
        id: touch.id,
        at: at === null ? null : Date.parse(at),
        channel: channelOf(touch.data).channel ?? UNKNOWN_CHANNEL,
      },
      ...{ kind, person, account, lead, named: opportunity !== null },
    };
  }

  /** The membership that began last before, else the one that begins first after; none that had ended by then. */
  private accountOf(person: string, at: string | null): string | null {
    const edges = byEdge(
      this.assertions.filter(
        ({ relation, from }) => relation === 'person-in-account' && this.same(from) === person,
      ),
    );
    const all = edges.flatMap((edge) =>
      memberships(edge).map((it) => ({
        account: edge[0]?.to ?? '',
        since: it.since ?? '',
        until: it.until,
        it,
      })),
    );
    const before = all.filter(({ it }) => isMemberAt([it], at));
    const after = at === null ? [] : all.filter(({ since }) => since > at);
    before.sort((a, b) => (a.since === b.since ? order(a.account, b.account) : order(b.since, a.since)));
    after.sort((a, b) => order(a.since, b.since) || order(a.account, b.account));
    return (before[0] ?? after[0])?.account ?? null;
  }

  private stream(id: string): readonly JourneyEvent[] {
    const of = this.events.filter(({ name, key }) => name.startsWith('opportunity.') && key === id);
    return of.sort((a, b) => (a.stream?.version ?? 0) - (b.stream?.version ?? 0));
  }

  private leadsOf(deal: string): string[] {
    const named = this.events.flatMap((event) => {
      if (isEvent(event, 'lead.converted') && event.data.opportunity === deal) return [event.data.lead];
      return isEvent(event, 'opportunity.opened') && event.key === deal ? (event.data.leads ?? []) : [];
    });
    return [...new Set(named)].sort();
  }

  private captureOf(lead: string): JourneyEvent<'lead.captured'> | null {
    return (
      this.events.filter((event) => isEvent(event, 'lead.captured')).find(({ key }) => key === lead) ?? null
    );
  }

  private same(person: string): string {
    return this.canonical.get(person) ?? person;
  }
}

function withdraws(event: JourneyEvent, touch: Touch): boolean {
  if (!isEvent(event, 'touch.withdrawn')) return false;
  const { touch: sourceId, source } = event.data;
  return touch.sourceId === sourceId && touch.source === (source ?? event.source);
}

function momentOf({ occurredAt: at, precision }: JourneyEvent): Moment {
  return { at, precision };
}
