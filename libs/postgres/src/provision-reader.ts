import { escapeIdentifier, escapeLiteral } from 'pg';
import type { ServiceDatabase } from './provision.ts';
import { Session } from './session.ts';

/**
 * Makes a role that may log in to one database and owns nothing; what it may read, the database's owner grants.
 * Safe to repeat.
 * @param adminUrl a superuser's
 * @returns the URL of the database as this role
 */
export async function provisionReader(adminUrl: string, reader: ServiceDatabase): Promise<string> {
  const admin = await Session.open({ url: adminUrl, name: 'provision' });
  const role = escapeIdentifier(reader.role);
  try {
    await admin.query('SET log_min_error_statement = panic'); // the statements hold passwords
    const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [reader.role]);
    await admin.query(
      `${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${escapeLiteral(reader.password)}`,
    );
    await admin.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    await admin.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(reader.database)} TO ${role}`);
  } finally {
    await admin.close();
  }
  const url = new URL(adminUrl);
  url.username = encodeURIComponent(reader.role);
  url.password = encodeURIComponent(reader.password);
  url.pathname = `/${encodeURIComponent(reader.database)}`;
  return url.href;
}
