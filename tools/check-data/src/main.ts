import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { importFiles, loadMapping } from '@throughline/cli/import';
import type { Client } from '@throughline/client';
import { compare, type Comparison } from './compare.ts';
import { crmAsked, olistAsked } from './asked-answers.ts';
import { crmAnswers } from './crm-answers.ts';
import { crmFigures } from './independent-crm.ts';
import { crmAskedFigures, olistAskedFigures } from './independent-asked.ts';
import { olistFigures } from './independent-olist.ts';
import { freshInstallation, type LogKind } from './installation.ts';
import { mutate } from './mutate.ts';
import { olistAnswers } from './olist-answers.ts';

const help = `Imports the real data sets through the services into one installation and compares every figure.

  npm run check:data -- <folder>     the folder that holds olist-funnel and crm-sales-opportunities

Options:
  --log postgres|kafka|both   over the embedded log, over Kafka with the services apart, or over both with their
                              content digests compared; both unless told, and unless NO_KAFKA=1
  --seed <number>             of the mutated files; 1 unless told
  --allow-missing             a missing folder is no failure`;

const sets = [
  {
    name: 'olist-funnel',
    answers: olistAnswers,
    figures: olistFigures,
    asked: [olistAsked, olistAskedFigures],
    reasons: {},
  },
  {
    name: 'crm-sales-opportunities',
    answers: crmAnswers,
    figures: crmFigures,
    asked: [crmAsked, crmAskedFigures],
    reasons: {
      'blank_cells_pipeline.close_value':
        'a close value is kept with the win it belongs to; an open deal has none, and the 0 of a lost one is not an amount',
    },
  },
] as const;

const say = (line = '') => void process.stdout.write(`${line}\n`);
const tally = { passed: 0, failed: 0 };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      log: { type: 'string', default: process.env['NO_KAFKA'] === '1' ? 'postgres' : 'both' },
      seed: { type: 'string', default: '1' },
      'allow-missing': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length !== 1) return say(help);
  const folder = resolve(process.env['INIT_CWD'] ?? '.', positionals[0] as string);
  const missing = sets.filter(({ name }) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    say(
      `${missing.map(({ name }) => join(folder, name)).join(' and ')} not found: the real data was NOT checked.`,
    );
    process.exitCode = values['allow-missing'] ? 0 : 1;
    return;
  }
  const logs = values.log === 'both' ? (['postgres', 'kafka'] as const) : [values.log as LogKind];
  const digests = new Map<LogKind, string>();
  for (const log of logs)
    digests.set(
      log,
      await onFresh(
        log,
        folder,
        (name) => JSON.parse(readFileSync(join(folder, name, 'truth.json'), 'utf8')),
        'truth.json',
      ),
    );
  if (digests.size === 2) {
    const equal = digests.get('postgres') === digests.get('kafka');
    tally[equal ? 'passed' : 'failed'] += 1;
    say(`Content digests over the embedded log and over Kafka: ${equal ? 'equal' : 'DIFFERENT'}.\n`);
  }
  const mutated = mkdtempSync(join(tmpdir(), 'throughline-mutated-'));
  for (const { name } of sets) mutate(join(folder, name), join(mutated, name), Number(values.seed));
  const independent = (name: string) => sets.find((set) => set.name === name)?.figures(join(mutated, name));
  await onFresh(logs[0] as LogKind, mutated, independent, `the independent script, seed ${values.seed}`);
  rmSync(mutated, { recursive: true });
  say(`${tally.passed} passed, ${tally.failed} failed`);
  process.exitCode = tally.failed > 0 ? 1 : 0;
}

/** Imports both sets into one installation, compares, and gives the content digest of every table. */
async function onFresh(
  log: LogKind,
  folder: string,
  expected: (name: string) => unknown,
  against: string,
): Promise<string> {
  const installation = await freshInstallation(log);
  try {
    for (const { name } of sets) await importSet(installation.client, folder, name, log);
    await installation.settled();
    for (const { name, answers, reasons, asked } of sets) {
      const [ask, figuresOf] = asked;
      say(`${name} over ${log}, against ${against}:`);
      print(compare(expected(name), await answers(installation.client), reasons));
      say('  asked beside, against the CSV files alone:');
      print(compare(figuresOf(join(folder, name)), await ask(installation.client)));
    }
    return JSON.stringify(await installation.client.get('journeys', '/v1/digests'));
  } finally {
    await installation.stop();
  }
}

async function importSet(client: Client, folder: string, name: string, log: LogKind): Promise<void> {
  const files = readdirSync(join(folder, name)).filter(
    (file) => file.endsWith('.csv') && !file.includes('dictionary'),
  );
  const started = performance.now();
  const result = await importFiles(client, {
    mapping: loadMapping(name),
    files: files.map((file) => join(folder, name, file)),
    target: client.urls.journeys,
  });
  const seconds = (performance.now() - started) / 1000;
  say(
    `${name} over ${log}: ${result.accepted} rows accepted, ${result.repeats} repeats, ${result.sent} sent in ${seconds.toFixed(1)} s ` +
      `(${Math.round(result.sent / seconds)}/s), ${result.refused.length} refused`,
  );
  for (const { file, line, reason } of result.refused.slice(0, 5)) say(`  ${file}:${line} ${reason}`);
}

function print({ equal, different, notCompared }: Comparison): void {
  tally.passed += equal;
  tally.failed += different.length;
  say(`  ${equal} figures equal, ${different.length} different, ${notCompared.length} not compared`);
  for (const { path, expected, answered } of different.slice(0, 40))
    say(`  DIFFERENT ${path}: expected ${JSON.stringify(expected)}, answered ${JSON.stringify(answered)}`);
  for (const { path, reason } of notCompared) say(`  not compared: ${path}, because ${reason}`);
  say();
}

await main();
