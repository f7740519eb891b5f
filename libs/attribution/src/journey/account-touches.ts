import { endOf, type Conversion } from './journey.ts';
import type { RecordedTouch } from './touch.ts';

/**
 * Whose touches count for a deal (Marketo Measure's three settings); recorded with every run.
 *
 * - `account`: of everybody who belonged to the account when they touched, and touches that name the account itself.
 * - `contact-roles`: of everybody who had a role in the deal at its close, whenever they touched.
 * - `primary-contact`: of the deal's primary contact at its close, whenever they touched.
 *
 * An open deal is taken as it stands at the instant asked for.
 */
export const ACCOUNT_SCOPES = ['account', 'contact-roles', 'primary-contact'] as const;
export type AccountScope = (typeof ACCOUNT_SCOPES)[number];

/** A time of belonging: `since` inclusive (null: from the beginning), `until` exclusive (null: it lasts). */
export interface Held {
  readonly person: string;
  readonly since: number | null;
  readonly until: number | null;
}

export interface AccountPeople {
  /** the account of the deal, and those of its family that shall count with it */
  readonly accounts: ReadonlySet<string>;
  /** memberships in these accounts */
  readonly members: readonly Held[];
  readonly contactRoles: readonly Held[];
  readonly primaryContacts: readonly Held[];
}

/** A touch and whose it was; null: nobody knows. */
export type AccountTouch = RecordedTouch & {
  readonly person: string | null;
  readonly account: string | null;
};

/**
 * The touches that count for a deal under a scope, in the order given. Which of them are in time is for `journeysOf`;
 * an undated one counts where the person lastingly belongs, and is left out there, as undated.
 */
export function touchesOf<T extends AccountTouch>(
  touches: readonly T[],
  people: AccountPeople,
  deal: Pick<Conversion, 'closedAt'>,
  { scope, asOf }: { readonly scope: AccountScope; readonly asOf: number },
): T[] {
  if (scope === 'account') {
    const memberships = Map.groupBy(people.members, ({ person }) => person);
    return touches.filter(
      ({ person, account, at }) =>
        (account !== null && people.accounts.has(account)) ||
        (person !== null && (memberships.get(person) ?? []).some((held) => holdsAt(held, at))),
    );
  }
  const end = endOf(deal, asOf);
  const counted = scope === 'contact-roles' ? holdersAt(people.contactRoles, end) : primaryAt(people, end);
  return touches.filter(({ person }) => person !== null && counted.has(person));
}

function holdersAt(roles: readonly Held[], instant: number): ReadonlySet<string> {
  return new Set(roles.filter((held) => holdsAt(held, instant)).map(({ person }) => person));
}

/** The one named last; of two named at one instant the smaller id. */
function primaryAt({ primaryContacts }: AccountPeople, instant: number): ReadonlySet<string> {
  const [named] = primaryContacts
    .filter((held) => holdsAt(held, instant))
    .sort((a, b) => (b.since ?? -Infinity) - (a.since ?? -Infinity) || (a.person < b.person ? -1 : 1));
  return new Set(named ? [named.person] : []);
}

function holdsAt({ since, until }: Held, instant: number | null): boolean {
  if (instant === null) return until === null;
  return (since === null || since <= instant) && (until === null || instant < until);
}
