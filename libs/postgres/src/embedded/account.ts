import { lstatSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';

/** An operating system account that the server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/**
 * PostgreSQL refuses to run as root. Root lends it the account that owns the data already, else `postgres`, else
 * `nobody`; anybody else runs it as himself (null).
 */
export function serverAccount(data: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(data, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const passwd = readFileSync('/etc/passwd', 'utf8');
  return named('postgres', passwd) ?? named('nobody', passwd) ?? NOBODY;
}

function named(name: string, passwd: string): Account | null {
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(':');
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return uid > 0 && gid > 0 ? { uid, gid } : null;
}

/** Whether the account may pass through every directory above a path (by mode bits; a clone under /root says no). */
export function canReach(path: string, account: Account): boolean {
  const parent = dirname(path);
  if (parent === path) return true;
  return allows(statSync(parent), account, 0o1) && canReach(parent, account);
}

/** Whether the account may read all of a tree. */
export function canRead(path: string, account: Account): boolean {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return true;
  if (!found.isDirectory()) return allows(found, account, found.mode & 0o100 ? 0o5 : 0o4);
  return (
    allows(found, account, 0o5) && readdirSync(path).every((entry) => canRead(join(path, entry), account))
  );
}

function allows(found: Stats, account: Account, bits: number): boolean {
  const shift = found.uid === account.uid ? 6 : found.gid === account.gid ? 3 : 0;
  return ((found.mode >> shift) & bits) === bits;
}
