import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerAccount } from './server-properties.ts';

const USERNAME = 'throughline';

/** The account of the brokers of a directory: its password is made once and can be read by its owner alone. */
export async function accountOf(directory: string): Promise<BrokerAccount> {
  const path = join(directory, 'password');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const made = randomBytes(24).toString('base64url');
  await writeFile(path, made, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await chmod(path, 0o600);
  return { username: USERNAME, password: (await readFile(path, 'utf8')).trim() };
}
