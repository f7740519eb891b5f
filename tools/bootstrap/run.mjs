/**
 * The door of every npm script. Needs nothing but the system's Node and npm: installs the packages when
 * package-lock.json has changed since the last time, then hands over to the Node 24 that came with them.
 */
import { spawnSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const typescript = [
  '--import',
  join(root, 'tools/typescript/register.mjs'),
  '--disable-warning=ExperimentalWarning',
];
const bin = (name) => join(root, 'node_modules/.bin', name);
const jest = ['--experimental-vm-modules', ...typescript.slice(2), bin('jest')];
const nx = bin('nx');

/** Each command is one or more steps; the words the user typed go to the last step. */
const commands = {
  start: [[...typescript, join(root, 'apps/standalone/src/main.ts')]],
  services: [[...typescript, join(root, 'apps/standalone/src/services.ts')]],
  throughline: [[...typescript, join(root, 'tools/cli/src/main.ts')]],
  test: [jest],
  generate: [[...typescript, join(root, 'libs/contracts/src/generate.ts')]],
  format: [[bin('prettier'), '--log-level=warn', '--write', '.']],
  check: [
    [bin('prettier'), '--log-level=warn', '--check', '.'],
    [nx, 'run-many', '-t', 'lint', '--outputStyle=static'],
    [bin('tsc'), '-p', join(root, 'tsconfig.json')],
    [...typescript, join(root, 'libs/contracts/src/generate.ts'), '--check'],
  ],
  'check-data': [[...typescript, join(root, 'tools/check-data/src/main.ts')]],
  faults: [[...typescript, join(root, 'tools/faults/src/main.ts')]],
  bench: [[...typescript, join(root, 'tools/bench/src/main.ts')]],
};

const environments = {
  test: { THROUGHLINE_WHOLE_SUITE: process.argv.length > 3 ? '' : '1' },
  check: { NX_DAEMON: 'false', NX_TUI: 'false' },
};

function installPackages() {
  const stamp = join(root, 'node_modules/.installed-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing the packages of package-lock.json (a few minutes the first time) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (npm.status !== 0)
    fail(
      `npm ci ended with ${npm.status ?? npm.error?.message}; mend what it says above and run this again.`,
    );
  writeFileSync(stamp, lock);
}

function node24() {
  const path = join(root, 'node_modules/node/bin/node');
  if (existsSync(path)) return path;
  return fail(
    'Node 24 is missing although the packages are installed. Its install script may have been refused:\n' +
      'run `npm rebuild node`, or delete node_modules and run this again.',
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const [name, ...words] = process.argv.slice(2);
const steps = commands[name];
if (!steps) fail(`Unknown command ${name ?? '(none)'}; there are: ${Object.keys(commands).join(', ')}.`);
installPackages();
const node = node24();
const env = {
  ...process.env,
  ...environments[name],
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
};

for (const step of steps.slice(0, -1)) {
  const { status } = spawnSync(node, step, { stdio: 'inherit', env, cwd: root });
  if (status !== 0) process.exit(status ?? 1);
}
const last = [...steps.at(-1), ...words];
const cwd = name === 'test' || name === 'check' || name === 'format' ? root : process.cwd();
process.chdir(cwd);
if (process.execve) {
  // The same process goes on as the command: one id to watch, to interrupt and to kill.
  process.execve(node, [node, ...last], env);
}
const child = spawn(node, last, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
// A terminal sends its Ctrl-C to the child as well; whoever signals this process alone does not. Both within a second are one
// for what runs until it is stopped; other commands would take the second as haste.
const staying = ['start', 'services'].includes(name);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => (staying || signal !== 'SIGINT') && child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
