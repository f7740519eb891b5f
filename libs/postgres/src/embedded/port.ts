import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The port of the last start if it is free, else another, which is remembered; an asked one or an error. */
export async function choosePort(directory: string, asked: number | undefined): Promise<number> {
  const file = join(directory, 'port');
  const wanted = asked ?? remembered(file);
  const free =
    (wanted === null ? null : await tryPort(wanted)) ?? (asked === undefined ? await tryPort(0) : null);
  if (free === null) throw new Error(`Port ${asked} is taken: stop what uses it, or name another port`);
  writeFileSync(file, `${free}\n`);
  return free;
}

function remembered(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
