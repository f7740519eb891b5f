import { join } from 'node:path';
import type { Fault, Loss } from '../fault/fault.ts';
import type { Evidence } from '../judge/evidence.ts';
import { isClean, judge, type Finding } from '../judge/judge.ts';
import { attack, type Happened } from './attack.ts';
import { collect } from './collect-evidence.ts';
import { Journal } from './journal.ts';
import { Load } from './load.ts';
import type { RunDirectory } from './processes.ts';
import { defineModels } from './models.ts';
import { chance } from './random.ts';
import { rest } from './rest.ts';
import { revision, type Result, type RunName } from './results.ts';
import { openApart } from './open-apart.ts';
import { openStandalone } from './open-standalone.ts';
import { plan } from './schedule.ts';
import type { World } from './world.ts';

export interface RunOptions extends RunName {
  readonly brokers: number;
  readonly standalone: boolean;
  readonly faults: readonly (Fault | Loss)[];
  readonly directory: RunDirectory;
  readonly imports: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly say: (what: string) => void;
  readonly signal: AbortSignal;
}

const REST_MS = 90_000;
/** of what speaks against a promise, kept with the result */
const EXAMPLES = 5;

/** One run: everything started, attacked under load, healed, judged and ended. */
export async function run(options: RunOptions): Promise<Result> {
  const { seed, seconds, rate, directory, signal, say } = options;
  const startedAt = new Date().toISOString();
  const from = performance.now();
  const journal = new Journal(join(directory.path, 'journal.jsonl'));
  say('starting');
  const { passing, losses } = inTurn(options);
  const planned = plan(seed, seconds, passing);
  const smallDisk = planned.some(({ fault }) => fault.needs === 'disk');
  const open = options.standalone ? openStandalone : openApart;
  const world = await open({ ...options, smallDisk });
  try {
    const load = new Load({
      ...{ journal, rate, random: chance(seed, 'load'), buying: chance(seed, 'buying') },
      ...{ source: `urn:throughline:faults:${seed}` },
      url: (service) => world.services[service].url,
    });
    await defineModels(world.services.attribution.ownUrl);
    load.start();
    say('under load');
    const happened = await attack(planned, { world, load, seed, seconds, say, signal }).finally(() =>
      load.pause(),
    );
    await healed(world);
    say('healed');
    await load.stop();
    const restFrom = performance.now();
    const late = await rest(world, REST_MS);
    const restSeconds = (performance.now() - restFrom) / 1_000;
    say('judging');
    await journal.close();
    const evidence = await collect(world, journal.path, late);
    const lost = await lose(world, losses, say);
    const findings = [...judge(evidence), provedSomething(load.counts), ...lost.findings];
    const { log, only, planted } = options;
    return {
      ...{ seed, log, seconds, rate, only, planted },
      revision: revision(),
      verdict: isClean(findings) ? 'held' : 'broken',
      startedAt,
      tookSeconds: Math.round((performance.now() - from) / 1_000),
      restSeconds: Math.round(restSeconds * 10) / 10,
      counts: {
        ...load.counts,
        records: evidence.log.length,
        repeats: evidence.repeated.length,
        parked: evidence.parked.length,
        ...creditCounts(evidence.credit),
      },
      surprises: Object.fromEntries(load.surprises),
      faults: [...happened, ...lost.happened],
      against: findings.filter(({ against }) => against.length > 0).map(shortened),
    };
  } finally {
    await world.close();
  }
}

/** A run in which nothing was taken holds every promise and shows none. */
function provedSomething({ ok }: { readonly ok: number }): Finding {
  const check = 'calls were taken, so that there was something to lose';
  return { check, against: ok > 0 ? [] : ['no call was answered with yes'] };
}

/**
 * A disk in memory forgives what a real one does not, so only one seed in eight has it; one in four ends with a log
 * that is lost. Unless they are asked for.
 */
function inTurn({ seed, only, faults }: RunOptions): {
  passing: readonly Fault[];
  losses: readonly Loss[];
} {
  const passing = faults.filter((fault) => 'start' in fault);
  const losses = faults.filter((fault) => 'bring' in fault);
  if (only !== null) return { passing, losses };
  return {
    passing: seed % 8 === 0 ? passing : passing.filter(({ needs }) => needs !== 'disk'),
    losses: seed % 4 === 1 ? losses : [],
  };
}

/** Takes parts of the log away, one after the other. */
async function lose(world: World, losses: readonly Loss[], say: RunOptions['say']) {
  const findings: Finding[] = [];
  const happened: Happened[] = [];
  for (const { number, name, bring } of losses) {
    say(`${name} …`);
    const from = performance.now();
    const against = await bring(world);
    findings.push({ check: `I1 ${name}: readers halt and say so, all else goes on`, against });
    const seconds = Math.round((performance.now() - from) / 100) / 10;
    happened.push({ number, name, at: null, seconds, did: ['after all else was judged'] });
  }
  return { findings, happened };
}

/** Whatever a fault forgot: everything runs again, and no proxy is in anybody's way. */
async function healed(world: World): Promise<void> {
  await Promise.all(world.proxies.map((proxy) => proxy.heal()));
  for (const { node } of world.brokers) if (!node.isRunning) await node.start();
  await Promise.all(world.lasting.map((service) => service.start()));
}

/** How much there was to be judged of credit. */
function creditCounts({ said, inForce }: Evidence['credit']) {
  const shared = said.filter(
    (each) =>
      (each.name === 'credit.assigned' || each.name === 'credit.revised') && each.data.shares.length > 0,
  );
  return {
    credits: inForce.length,
    revisions: said.filter(({ name }) => name === 'credit.revised').length,
    sharedDeals: new Set(shared.map(({ stream }) => stream.id)).size,
  };
}

function shortened({ check, against }: Finding): Finding {
  const more = against.length - EXAMPLES;
  return { check, against: more > 0 ? [...against.slice(0, EXAMPLES), `and ${more} more`] : against };
}
