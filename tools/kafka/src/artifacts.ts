import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The version in pom.xml; a folder of the cache is never changed once it stands. */
export const KAFKA_VERSION = '4.3.0';

const INSTALL =
  'Install JDK 17 or newer and Maven (Debian: apt-get install openjdk-17-jdk-headless maven), ' +
  'or set KAFKA_BROKERS=host:port to a broker that runs already.';

/** Neither Java nor a broker is to be had; the message says what to install. */
export class KafkaToolMissing extends Error {
  override readonly name = 'KafkaToolMissing';
}

/**
 * The folder with Kafka's jars, fetched with Maven the first time (44 MB, about 15 s).
 *
 * - One process fetches at a time; the others wait, and a lock whose owner died is broken.
 * - The folder appears by one rename, so it is whole or not there.
 * @throws KafkaToolMissing when java or mvn is not installed
 */
export async function kafkaJars(
  cache: string,
  log: (line: string) => void,
  commands = { java: 'java', maven: 'mvn' },
): Promise<string> {
  await assertInstalled(commands.java, ['-version']);
  const jars = join(cache, KAFKA_VERSION);
  if (existsSync(jars)) return jars;
  await assertInstalled(commands.maven, ['-v']);
  await mkdir(cache, { recursive: true });
  const unlock = await lock(join(cache, 'fetch.lock'));
  try {
    if (!existsSync(jars)) await fetchJars(jars, log);
    return jars;
  } finally {
    await unlock();
  }
}

async function fetchJars(jars: string, log: (line: string) => void): Promise<void> {
  log(`fetching Apache Kafka ${KAFKA_VERSION} with Maven into ${jars}`);
  const arriving = `${jars}.arriving`;
  await rm(arriving, { recursive: true, force: true });
  const pom = join(import.meta.dirname, '../pom.xml');
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  await run('mvn', ['-q', '-B', '-f', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${arriving}`]);
  await rename(arriving, jars);
}

async function assertInstalled(command: string, args: string[]): Promise<void> {
  try {
    await run(command, args);
  } catch (cause) {
    throw new KafkaToolMissing(
      `A local Kafka broker needs '${command}', which does not run here. ${INSTALL}`,
      {
        cause,
      },
    );
  }
}

async function lock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner)) await rm(file, { force: true });
    else await pause(250);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
