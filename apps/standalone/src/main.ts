import { basename, join } from 'node:path';
import { Client, localRoot, oneAddress, removeRunning, writeRunning } from '@throughline/client';
import { stopOnSignal } from '@throughline/service';
import { openInstallation } from './installation.ts';
import { notFresh } from './not-fresh.ts';
import { openServices } from './open-services.ts';
import { tellSample } from './sample.ts';
import { StartStopped, StartUp } from './start-up.ts';
import { help, readOptions, type StandaloneConfig } from './standalone.config.ts';
import { requireDataFolder, requireFreePort, whyNot } from './start-refused.ts';
import { tryNext } from './try-next.ts';

const say = (line = '') => void process.stdout.write(`${line}\n`);
const started = performance.now();
const startUp = new StartUp();

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(help);
  await start(options).catch(async (cause: unknown) => {
    if (cause instanceof StartStopped) return; // whoever asked for the stop ends the process
    await startUp.stop();
    throw new Error(whyNot(cause, options.data), { cause });
  });
}

async function start(options: StandaloneConfig): Promise<void> {
  say(`Throughline opens ${options.data}${options.sample ? ' (simulated sample company)' : ''}`);
  requireDataFolder(options.data);
  await requireFreePort(options.port);
  stopOnSignal(async () => {
    say('\nStopping …');
    const inTime = await startUp.stop();
    removeRunning(process.pid);
    say(inTime ? 'Stopped.' : 'Stopped, though not everything ended in time.');
    return inTime;
  });
  const installation = await startUp.part(
    () => openInstallation(options.data, say),
    (it) => it.stop(),
  );
  const services = await startUp.part(
    () => openServices(installation, options.port),
    async (it) => {
      if (!(await it.stop())) throw new Error('The services did not end in time.');
    },
  );
  const { url } = services;
  const urls = oneAddress(url);
  writeRunning({
    pid: process.pid,
    data: options.data,
    urls,
    log: { kind: 'postgres' },
    analystUrl: installation.analystUrl,
  });
  const client = new Client(urls);
  if (options.sample) await startUp.until(tellSample(client, options.data, say));
  say();
  say(`Ready after ${((performance.now() - started) / 1000).toFixed(1)} s at ${url}`);
  say(`  ${url}/docs          every route, to try in the browser`);
  say(`  ${url}/health/fresh  whether the views are up to date`);
  const late = await startUp.until(notFresh(client));
  if (late.length > 0) say('\nNot up to date:');
  for (const line of late) say(`  ${line}`);
  say();
  say('Try next, in another terminal:');
  for (const { command, shows } of tryNext(options.sample))
    say(`  ${`npx throughline ${command}`.padEnd(56)}${shows}`.trimEnd());
  say();
  const name = basename(options.data);
  const reset =
    options.data === join(localRoot, name) ? `\`npx throughline data reset ${name}\`` : 'you remove it';
  say(`Ctrl-C stops it. The data stays in ${options.data} until ${reset}.`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
