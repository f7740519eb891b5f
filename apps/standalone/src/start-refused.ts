import { once } from 'node:events';
import { accessSync, constants, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { readRunning } from '@throughline/client';
import { MigrationRefused } from '@throughline/postgres';

/** In a folder that nobody has used yet: a new volume, a folder that was looked into. */
const MADE_BY_SYSTEMS = ['lost+found', '.DS_Store'];

/**
 * Makes a folder for data where there is none.
 * @throws with what to do where it cannot be written, or holds what Throughline did not make
 */
export function requireDataFolder(folder: string): void {
  const held = contentOf(folder).filter((name) => !MADE_BY_SYSTEMS.includes(name));
  if (held.length === 0 || held.includes('credentials.json')) return;
  throw new Error(
    `${folder} holds other files, and Throughline did not make it: name an empty or a new folder with --data.`,
  );
}

/** Before anything is started, so that nothing has to be stopped again. @throws with what to do where it is taken */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') {
      const remedy = 'take another with --port (0 takes any that is free).';
      throw new Error(`Port ${port} cannot be had (${cause.code}): ${remedy}`, { cause });
    }
    const running = readRunning();
    const known = Object.values(running?.urls ?? {}).some((url) => url.endsWith(`:${port}`));
    throw new Error(
      `Port ${port} is taken${known ? `, by the Throughline that runs over ${running?.data}` : ''}: ` +
        'stop what uses it, or take another with --port (0 takes any that is free).',
      { cause },
    );
  });
  await new Promise((closed) => server.close(closed));
}

/** Why a start failed and what to do, for whoever started it. */
export function whyNot(error: unknown, folder: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof MigrationRefused)) return message;
  return [
    message,
    `Another revision of Throughline made ${folder}; nothing in it was changed. Open it with that revision, which can`,
    'also read out what is needed (npx throughline report, journey, psql), or open another folder with this one:',
    '  npm start -- --data <another folder>',
    'The simulated company is made anew after `npx throughline data reset sample`.',
  ].join('\n');
}

function contentOf(folder: string): string[] {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return readdirSync(folder);
  } catch (cause) {
    const { code } = cause as { code?: string };
    throw new Error(
      `Data cannot be kept in ${folder} (${code}): name a folder that you may write to with --data.`,
      { cause },
    );
  }
}
