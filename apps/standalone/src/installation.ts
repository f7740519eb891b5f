import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgres, provision, provisionReader } from '@throughline/postgres';

const services = ['touches', 'leads', 'opportunities', 'journeys', 'attribution'] as const;
const roles = [...services, 'log', 'analyst'] as const;
type Role = (typeof roles)[number];

/** A data directory with its PostgreSQL running: a database and a role of its own for each service. */
export interface Installation {
  readonly directory: string;
  /** no sample or import has been told yet: the directory was made just now */
  readonly fresh: boolean;
  readonly urls: Readonly<Record<(typeof services)[number] | 'log', string>>;
  readonly analystUrl: string;
  /** as superuser, to no service's database */
  readonly adminUrl: string;
  /** process id of the PostgreSQL server */
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Opens a data directory, or makes one.
 * @param port of PostgreSQL; chosen and remembered unless told
 * @throws with what to do when PostgreSQL does not start
 */
export async function openInstallation(
  directory: string,
  say: (line: string) => void,
  port?: number,
): Promise<Installation> {
  mkdirSync(directory, { recursive: true });
  const { passwords, fresh } = credentials(join(directory, 'credentials.json'));
  const postgres = await EmbeddedPostgres.start({
    directory: join(directory, 'postgres'),
    log: say,
    ...(port === undefined ? {} : { port }),
  });
  try {
    const urls = await provision(
      postgres.adminUrl,
      [...services, 'log' as const].map((name) => ({
        database: name,
        role: name,
        password: passwords[name],
      })),
    );
    const analyst = { database: 'journeys', role: 'analyst', password: passwords.analyst };
    return {
      directory,
      fresh,
      urls: urls as Installation['urls'],
      analystUrl: await provisionReader(postgres.adminUrl, analyst),
      adminUrl: postgres.adminUrl,
      pid: postgres.pid,
      stop: () => postgres.stop(),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/**
 * Passwords are made once and kept in the data directory, readable by its owner alone. A directory from before there
 * was a service gets one for it.
 */
function credentials(path: string): { passwords: Readonly<Record<Role, string>>; fresh: boolean } {
  const fresh = !existsSync(path);
  const kept = fresh ? {} : (JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<Role, string>>);
  const made = Object.fromEntries(roles.map((role) => [role, randomBytes(24).toString('base64url')]));
  const passwords = { ...made, ...kept } as Record<Role, string>;
  if (roles.some((role) => kept[role] === undefined))
    writeFileSync(path, JSON.stringify(passwords, null, 2), { mode: 0o600 });
  return { passwords, fresh };
}
