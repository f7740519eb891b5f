import { randomBytes } from 'node:crypto';
import { Database } from '@throughline/postgres';
import { testServer } from '@throughline/postgres/testing';

/** Roles that log in under a name of their own and then act as the owner of a database. */
export interface ActingRoles<N extends string> {
  readonly urls: Readonly<Record<N, string>>;
  /** as `session_user` says them */
  readonly names: Readonly<Record<N, string>>;
  /** once the database is gone */
  drop(): Promise<void>;
}

/** One role for each process on a database, so that the server can tell who does what. @param url the owner's */
export async function actingAs<N extends string>(url: string, labels: readonly N[]): Promise<ActingRoles<N>> {
  const owner = new URL(url).username;
  const password = randomBytes(12).toString('hex');
  const names = Object.fromEntries(labels.map((label) => [label, `${owner}_${label}`])) as Record<N, string>;
  const all = Object.values<string>(names);
  await asAdmin(async (admin) => {
    for (const name of all) {
      await admin.query(`create role "${name}" login password '${password}' in role "${owner}"`);
      await admin.query(`alter role "${name}" set role to "${owner}"`);
    }
  });
  const as = (name: string) => {
    const own = new URL(url);
    own.username = name;
    own.password = password;
    return own.href;
  };
  return {
    names,
    urls: Object.fromEntries(labels.map((label) => [label, as(names[label])])) as Record<N, string>,
    drop: () =>
      asAdmin(async (admin) => {
        for (const name of all) await admin.query(`drop role if exists "${name}"`);
      }),
  };
}

async function asAdmin(work: (admin: Database) => Promise<void>): Promise<void> {
  const admin = await Database.open({ url: testServer(), name: 'test roles', poolSize: 1 });
  try {
    await work(admin);
  } finally {
    await admin.close();
  }
}
