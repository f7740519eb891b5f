import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { forgetBroker, noteBroker, stopLeftOver } from './left-over.ts';
import { serverProperties, type BrokerAccount, type NodePlace } from './server-properties.ts';

const run = promisify(execFile);

const READY = 'Kafka Server started';
const START_MS = 60_000;
const STOP_MS = 20_000;

export interface NodeSettings {
  readonly directory: string;
  readonly classpath: string;
  readonly place: NodePlace;
  readonly all: readonly NodePlace[];
  readonly clusterId: string;
  /** null: the node takes whoever connects */
  readonly account: BrokerAccount | null;
  /** where formatted storage of this node and this cluster id is kept for the next who needs it; null: nowhere */
  readonly formatted: string | null;
  readonly log: (line: string) => void;
  readonly noted: (pid: number) => void;
}

/**
 * One Kafka node in a process of its own; it comes back on the ports and the data it had.
 *
 * Its files can be read by their owner alone. It is in a process group of its own: Ctrl-C reaches whoever started it, who stops it in order. One that a killed
 * process left on the directory is stopped first.
 */
export class NodeProcess {
  #child: ChildProcess | undefined;

  constructor(private readonly settings: NodeSettings) {}

  /** process id of the broker, while it runs */
  get pid(): number | null {
    return this.isRunning ? (this.#child?.pid ?? null) : null;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves when the broker said that it started; it may be started again after its end. @throws Error with its last lines */
  async start(): Promise<void> {
    const { directory, classpath, log, noted } = this.settings;
    await stopLeftOver(directory, log);
    const properties = await this.format();
    const child = spawn(
      ...privately([
        ...['java', '-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-cp', classpath, 'kafka.Kafka', properties],
      ]),
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    const started = ready(child, log);
    noted(child.pid ?? 0);
    await noteBroker(directory, child.pid ?? 0);
    await started.catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
  }

  /** In order: 20 s, then SIGKILL. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await forgetBroker(this.settings.directory);
  }

  /** At once, as a crash of the process would. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  /** Writes the properties and formats the storage the first time. */
  private async format(): Promise<string> {
    const { directory, classpath, place, all, clusterId, account } = this.settings;
    const properties = join(directory, 'server.properties');
    for (const folder of [directory, place.data]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700); // made by an older program for everybody to read
    }
    await rm(properties, { force: true });
    await writeFile(properties, serverProperties(place, all, account), { mode: 0o600 });
    if (existsSync(join(place.data, 'meta.properties'))) return properties;
    const { formatted } = this.settings;
    if (formatted && existsSync(formatted)) {
      await cp(formatted, place.data, { recursive: true });
      return properties;
    }
    const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classpath];
    const words = ['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', properties];
    await run(...privately(['java', ...quick, ...words]));
    if (formatted) await keep(place.data, formatted);
    return properties;
  }
}

/** A command whose files get no rights for others; the shell becomes the command, which so keeps its process id. */
function privately(command: readonly string[]): [string, string[]] {
  return ['/bin/sh', ['-c', 'umask 077 && exec "$@"', 'sh', ...command]];
}

/** Copies beside and renames, so that it is whole or not there; another process may be first. */
async function keep(data: string, formatted: string): Promise<void> {
  const partial = `${formatted}.${process.pid}`;
  await cp(data, partial, { recursive: true });
  await rename(partial, formatted).catch(() => rm(partial, { recursive: true }));
}

function ready(child: ChildProcess, log: (line: string) => void): Promise<void> {
  const last: string[] = [];
  return new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`Kafka ${why}:\n${last.join('\n')}`));
    const timer = setTimeout(() => fail(`did not start within ${START_MS / 1000} s`), START_MS);
    child.once('error', reject);
    child.once('exit', (code) => fail(`ended with ${code} at start`));
    child.once('exit', () => clearTimeout(timer));
    // Both streams are read to the end of its life: a full pipe would stop the broker.
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log(line);
        if (last.push(line) > 20) last.shift();
        if (!line.includes(READY)) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });
}
