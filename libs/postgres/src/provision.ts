import { escapeIdentifier, escapeLiteral } from 'pg';
import { Session } from './session.ts';

export interface ServiceDatabase {
  readonly database: string;
  readonly role: string;
  /** kept by the caller; set anew at every call */
  readonly password: string;
}

/** Two provisioners at once would both find a role missing; the second waits here. */
const PROVISION_LOCK = 7_205_001;

/**
 * Makes one database and one owner role per service, or brings those that exist into line; safe to repeat.
 * A role may log in and owns its database, nothing else: it cannot connect to another service's, nor to the
 * server's own databases.
 * @param adminUrl a superuser's
 * @returns the URL of each database, by its name, as its role
 */
export async function provision(
  adminUrl: string,
  services: readonly ServiceDatabase[],
): Promise<Record<string, string>> {
  await asAdmin(adminUrl, async (admin) => {
    for (const own of ['postgres', 'template1']) await closeToPublic(admin, own);
    for (const service of services) {
      await ensureRole(admin, service);
      await ensureDatabase(admin, service);
    }
  });
  return Object.fromEntries(services.map((service) => [service.database, urlOf(adminUrl, service)]));
}

/**
 * Makes a role that may log in to one database and owns nothing; what it may read, the database's owner grants.
 * Safe to repeat.
 * @param adminUrl a superuser's
 * @returns the URL of the database as this role
 */
export async function provisionReader(adminUrl: string, reader: ServiceDatabase): Promise<string> {
  const [role, database] = [escapeIdentifier(reader.role), escapeIdentifier(reader.database)];
  await asAdmin(adminUrl, async (admin) => {
    await ensureRole(admin, reader);
    await admin.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
  });
  return urlOf(adminUrl, reader);
}

/** One provisioner at a time, whose statements, which hold passwords, go to no log. */
async function asAdmin(adminUrl: string, work: (admin: Session) => Promise<void>): Promise<void> {
  const admin = await Session.open({ url: adminUrl, name: 'provision' });
  try {
    await admin.query('SET log_min_error_statement = panic');
    await admin.query('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]);
    await work(admin);
  } finally {
    await admin.close();
  }
}

async function ensureRole(admin: Session, { role, password }: ServiceDatabase): Promise<void> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const rights = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
  await admin.query(
    `${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${escapeIdentifier(role)} ${rights} PASSWORD ${escapeLiteral(password)}`,
  );
}

async function ensureDatabase(admin: Session, { database, role }: ServiceDatabase): Promise<void> {
  const { rows } = await admin.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [database],
  );
  const [name, owner] = [escapeIdentifier(database), escapeIdentifier(role)];
  if (!rows[0]) {
    await admin.query(
      `CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'`,
    );
  } else if (rows[0].owner !== role) {
    await admin.query(`ALTER DATABASE ${name} OWNER TO ${owner}`);
  }
  await closeToPublic(admin, database);
}

async function closeToPublic(admin: Session, database: string): Promise<void> {
  await admin.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC`);
}

function urlOf(adminUrl: string, { database, role, password }: ServiceDatabase): string {
  const url = new URL(adminUrl);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
