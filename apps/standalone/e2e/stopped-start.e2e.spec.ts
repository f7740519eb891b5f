import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { requireFreePort } from '../src/start-refused.ts';
import { describeOnKafka } from '../src/testing/test-logs.ts';

const root = join(import.meta.dirname, '../../..');
const START_MS = 180_000;

describeOnKafka('npm run services, stopped while it starts', () => {
  let data: string;
  beforeEach(() => {
    data = join(mkdtempSync(join(tmpdir(), 'throughline-stopped-')), 'data');
  });
  afterEach(() => rmSync(join(data, '..'), { recursive: true, force: true }));

  function services(port: number) {
    const { KAFKA_BROKERS: _ofTheTests, ...env } = process.env;
    const child = spawn(
      process.execPath,
      [
        ...['--import', join(root, 'tools/typescript/register.mjs')],
        ...[join(root, 'apps/standalone/src/services.ts'), '--data', data, '--port', String(port)],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env },
    );
    const lines: string[] = [];
    const ended = once(child, 'exit').then(([code]: (number | null)[]) => code);
    /** Resolves at the first line that has the text; rejects where it ends before. */
    const until = (text: string) =>
      new Promise<void>((resolve, reject) => {
        void ended.then((code) => reject(new Error(`ended with ${code}:\n${lines.join('\n')}`)));
        for (const stream of [child.stdout, child.stderr])
          createInterface({ input: stream }).on('line', (line) => {
            lines.push(line);
            if (line.includes(text)) resolve();
          });
      });
    return { child, lines, ended, until };
  }

  /** Processes whose command line names the data folder: the servers and whoever started them. */
  const remaining = () =>
    readdirSync('/proc').flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return words.includes(data) ? [words.replaceAll('\0', ' ').slice(0, 200)] : [];
      } catch {
        return []; // no process, or one that has ended meanwhile
      }
    });

  it.each([
    ['PostgreSQL starts', 'SIGINT'],
    ['PostgreSQL starts', 'SIGTERM'],
    ['Kafka at', 'SIGHUP'],
    ['touches', 'SIGINT'],
    ['Ready', 'SIGINT'],
  ] as const)(
    'F4 leaves no process behind when "%s" is followed by %s',
    async (text, signal) => {
      const port = await fivePorts();
      const run = services(port);
      await run.until(text);
      run.child.kill(signal);
      expect(await run.ended).toBe(0);
      expect(run.lines.at(-1)).toBe('Stopped.');
      expect(remaining()).toEqual([]);
      for (let at = 0; at < 5; at += 1) await requireFreePort(port + at);
    },
    START_MS,
  );

  it(
    'F4 starts nothing where one of its ports is taken',
    async () => {
      const port = await fivePorts();
      const foreign = createServer();
      foreign.listen(port + 3, '127.0.0.1');
      await once(foreign, 'listening');
      const run = services(port);
      const refused = run.until(`Port ${port + 3} is taken`);
      await refused;
      expect(await run.ended).toBe(1);
      expect(readdirSync(data)).toEqual([]);
      foreign.close();
    },
    START_MS,
  );
});

/** The first of five that nobody has. */
async function fivePorts(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    try {
      if (port > 60_000) continue;
      for (let at = 0; at < 5; at += 1) await requireFreePort(port + at);
      return port;
    } catch {
      // one of the five is taken
    }
  }
}
