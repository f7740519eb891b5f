import type { Who } from './who.state.ts';

export const subjectKinds = ['visitor', 'person', 'account', 'lead', 'opportunity'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

/** Whom and what an entry names itself, and when. */
export interface Named {
  readonly name: string;
  readonly occurred_at: string | null;
  readonly visitor: string | null;
  readonly person: string | null;
  readonly other_person: string | null;
  readonly account: string | null;
  readonly other_account: string | null;
  readonly lead: string | null;
  readonly opportunity: string | null;
}

/** Everything that belongs to one subject's journey, and who is who around it. */
export interface Journey {
  readonly subject: Subject;
  readonly who: Who;
  /** persons with all their other ids */
  readonly persons: ReadonlySet<string>;
  readonly visitors: ReadonlySet<string>;
  /** the account asked for and, where asked, those below it */
  readonly accounts: ReadonlySet<string>;
  /** leads and opportunities of the journey, each with whom and what it names */
  readonly leads: ReadonlyMap<string, { readonly person: string | null; readonly account: string | null }>;
  readonly opportunities: ReadonlyMap<string, { readonly account: string | null }>;
  /** persons (canonical) whose lead stands in an account's journey */
  readonly leadPersons: ReadonlySet<string>;
}

/** Whose an entry is, in the end; null is not known. */
export interface Placement {
  readonly person: string | null;
  readonly account: string | null;
  readonly anonymous: boolean | null;
}

/** The same rules as `touchPlacement`: what is named stands, then lead and opportunity, then the visitor's link. */
export function placementOf(entry: Named, journey: Journey): Placement {
  const { who } = journey;
  const lead = entry.lead === null ? undefined : journey.leads.get(entry.lead);
  const deal = entry.opportunity === null ? undefined : journey.opportunities.get(entry.opportunity);
  const at = entry.occurred_at;
  const named = entry.person ?? lead?.person ?? null;
  const found = named ?? (entry.visitor === null ? null : who.person(entry.visitor, at));
  const person = found === null ? null : who.canonical(found);
  const member = person === null ? null : who.account(person, at);
  return {
    person,
    account: entry.account ?? deal?.account ?? lead?.account ?? member,
    anonymous: named === null && entry.visitor !== null ? who.anonymous(entry.visitor, at) : false,
  };
}

/** Whether an entry stands in the journey. */
export function standsIn(entry: Named, placed: Placement, journey: Journey): boolean {
  const { subject, persons, accounts } = journey;
  if (subject.kind === 'visitor') return entry.visitor === subject.id;
  const deal = entry.opportunity !== null && journey.opportunities.has(entry.opportunity);
  const lead = entry.lead !== null && journey.leads.has(entry.lead);
  if (deal || lead) return true;
  if (subject.kind === 'account') {
    const named = [entry.account, entry.other_account, placed.account];
    if (named.some((account) => account !== null && accounts.has(account))) return true;
    return placed.account === null && placed.person !== null && journey.leadPersons.has(placed.person);
  }
  const aboutPerson = [entry.person, entry.other_person].some(
    (person) => person !== null && persons.has(person),
  );
  if (subject.kind === 'person') return aboutPerson || (placed.person !== null && persons.has(placed.person));
  const elsewhere = entry.lead !== null || entry.opportunity !== null;
  return !elsewhere && (aboutPerson || (placed.person !== null && persons.has(placed.person)));
}
