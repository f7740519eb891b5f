import { logContract, memoryKit, postgresKit, kafkaKit, type LogKit } from '@throughline/log/testing';
import { hunt } from '../simulator/hunt.ts';
import { World } from '../simulator/world.ts';
import { creditCases } from './credit-cases.ts';
import { foreignRecords } from './foreign-records.ts';
import { imports } from './imports.ts';
import { olderStores } from './older-store.ts';

/**
 * The catchers, in the process that has the bug: the first word says which, the second after how many seeds to give up;
 * a third and a fourth are seed and path of one history.
 * Ends with the last line `caught <n> <where> <what broke>`, n being the seeds or cases it took, or `survived <n>`.
 */
const SEED = 1;
const LANES = 2;
const CASE_MS = 20_000;

const [catcher, most = '1', seed = String(SEED), path] = process.argv.slice(2);
const catchers: Record<string, () => Promise<string>> = {
  simulator: () => bySimulator(Number(most)),
  'log contract': byContract,
  'foreign records': () => byCases(foreignRecords),
  'older store': () => byCases(olderStores),
  imports: () => byCases(imports),
  credit: () => byCases(creditCases),
};
const verdict = (await catchers[catcher ?? '']?.()) ?? `survived 0`;
console.log(`\n${verdict.replaceAll('\n', ' ')}`);
process.exit(0);

async function bySimulator(runs: number): Promise<string> {
  const lanes = path === undefined ? LANES : 1;
  const worlds = await Promise.all(Array.from({ length: lanes }, () => World.open('planted')));
  const way = path === undefined ? {} : { path };
  let held = 0;
  const caught = await hunt(worlds, {
    ...{ seed: Number(seed), runs, ...way, shrink: false },
    onRun: () => void (held += 1),
  });
  await Promise.all(worlds.map((world) => world.close()));
  return caught ? `caught ${held + 1} ${caught.seed}/${caught.path} ${caught.broke}` : `survived ${held}`;
}

async function byContract(): Promise<string> {
  const kits: (() => LogKit | Promise<LogKit>)[] = [() => memoryKit(), () => postgresKit()];
  if (process.env['KAFKA_BROKERS']) kits.push(() => kafkaKit());
  let held = 0;
  for (const open of kits) {
    const { kind } = await open();
    for (const { name, run } of logContract(kind)) {
      const kit = await open();
      const failure = await Promise.race([run(kit), timeLimit(CASE_MS)]).then(
        () => null,
        (error: unknown) => error,
      );
      if (failure !== null) return `caught ${held + 1} ${kind} ${name}`;
      await kit.close();
      held += 1;
    }
  }
  return `survived ${held}`;
}

async function byCases(cases: readonly { name: string; run(): Promise<void> }[]): Promise<string> {
  let held = 0;
  for (const { name, run } of cases) {
    const failure = await run().then(
      () => null,
      (error: unknown) => error,
    );
    if (failure !== null) return `caught ${held + 1} memory ${name}`;
    held += 1;
  }
  return `survived ${held}`;
}

function timeLimit(ms: number): Promise<void> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('no end')), ms));
}
