import { loadSql } from '@throughline/postgres';

/**
 * SQL that follows `from touch t` and says whose a touch is, as `named.person` and `placed.account`: as it says itself,
 * else its lead's person, else the visitor's link at that time. A membership that starts later still places what came
 * before it, so that anonymous time belongs to the account; what comes after its end is placed nowhere.
 *
 * Needs a projection with identity, and its tables `touch` (visitor, person, account, lead, opportunity, occurred_at),
 * `lead` (lead, person, captured_account) and `opportunity` (opportunity, account).
 */
export const touchPlacement: string = loadSql(import.meta.url, './sql/touch-placement.sql');
