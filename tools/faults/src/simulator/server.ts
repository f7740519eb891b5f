import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@throughline/postgres';

/**
 * Runs work with a PostgreSQL of its own, which is gone with its data afterwards, interrupted or not; with the one that
 * THROUGHLINE_TEST_POSTGRES names where it names one.
 * @param work is told by the signal when it is to end early
 */
export async function withPostgres<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const stop = process.env['THROUGHLINE_TEST_POSTGRES'] ? null : await start();
  try {
    return await work(interrupted.signal);
  } finally {
    await stop?.();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (interrupted.signal.aborted) process.exitCode = 130;
  }
}

async function start(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-faults-'));
  chmodSync(directory, 0o755);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const server = await EmbeddedPostgres.start({ directory });
    process.env['THROUGHLINE_TEST_POSTGRES'] = server.adminUrl;
    return async () => {
      await server.stop();
      remove();
    };
  } catch (error) {
    remove();
    throw error;
  }
}
