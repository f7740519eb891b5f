/**
 * Plants the bug that THROUGHLINE_PLANTED names, in this process only: one file is read with one piece replaced, be it
 * TypeScript or SQL. Stands in for ../../../typescript/register.mjs; the files themselves are never touched.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bugs, plant } from './bugs.ts';

const name = process.env['THROUGHLINE_PLANTED'];
const bug = bugs.find((it) => it.name === name);
if (name && !bug)
  throw new Error(`No planted bug ${name}; there are: ${bugs.map((it) => it.name).join(', ')}`);

if (bug) {
  const path = fileURLToPath(new URL(`../../../../${bug.file}`, import.meta.url));
  const { readFileSync } = fs;
  plant(readFileSync(path, 'utf8'), bug);
  fs.readFileSync = (file, ...options) => {
    const content = readFileSync(file, ...options);
    const isIt = (file instanceof URL ? fileURLToPath(file) : file) === path;
    return isIt ? plant(String(content), bug) : content;
  };
  syncBuiltinESMExports();
}

await import('../../../typescript/register.mjs');
