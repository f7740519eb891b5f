/**
 * Whose touches count for a deal (Marketo Measure's three settings); recorded with every run.
 *
 * - `account`: of the deal's accounts, and of whom no account is known those of its committee and of its leads. A deal of
 *   which no account is known has its committee and leads only.
 * - `contact-roles`: of its committee and of its leads, whatever their account.
 * - `primary-contact`: of one person: who joined the committee first, else who the first lead is of.
 *
 * What names the deal itself counts under each of them; what names one of its leads does under the first two, whoever
 * made it.
 *
 * The committee is the one that stands when credit is computed. When a touch was decides whether it counts; when
 * somebody wrote its person down does not: a contact added after the win brings touches from before the close, one that
 * was removed before it brings none, and a removal after it is taken for a correction. Nothing is frozen at a close, so a
 * deal that is reopened needs no rule of its own. Not the committee at the close: an addition may be undated, or dated by the day it was typed in,
 * and a removal does not say whether somebody left or never belonged.
 *
 * Nobody says who is primary. Not who was added last, by whom each late addition would take the whole credit along.
 */
export const ACCOUNT_SCOPES = ['account', 'contact-roles', 'primary-contact'] as const;
export type AccountScope = (typeof ACCOUNT_SCOPES)[number];

/** Whom a deal is with. Persons are each under one id, whatever they were called by. */
export interface DealPeople {
  /** its own account, and those of its family that shall count with it; else those its leads were captured with */
  readonly accounts: readonly string[];
  /** its committee, in the order of joining */
  readonly contacts: readonly string[];
  readonly leads: readonly string[];
  /** persons of its leads, the first captured first */
  readonly leadPersons: readonly string[];
}

/** Whose a touch was; null: nobody knows. Its account is the one that the person was in then. */
export interface Placed {
  readonly person: string | null;
  readonly account: string | null;
  readonly lead: string | null;
  /** whether it names the deal itself */
  readonly named: boolean;
}

/** The touches that count for a deal under a scope, in the order given. Which of them are in time is for `journeysOf`. */
export function touchesOf<T extends Placed>(
  touches: readonly T[],
  { accounts, contacts, leads, leadPersons }: DealPeople,
  scope: AccountScope,
): T[] {
  const everybody = [...contacts, ...leadPersons];
  const isPrimary = scope === 'primary-contact';
  const persons = new Set(isPrimary ? everybody.slice(0, 1) : everybody);
  const ofLeads = new Set(isPrimary ? [] : leads);
  const within = new Set(scope === 'account' ? accounts : []);
  return touches.filter(({ person, account, lead, named }) => {
    if (named || (lead !== null && ofLeads.has(lead))) return true;
    if (account !== null && within.size > 0) return within.has(account);
    return person !== null && persons.has(person);
  });
}
