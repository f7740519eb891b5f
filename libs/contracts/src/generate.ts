/**
 * Writes schemas/<name>.v<n>.json from the catalogue; with --check it writes nothing and exits 1 where the
 * checked-in files differ:
 *
 *   node --import ./tools/typescript/register.mjs libs/contracts/src/generate.ts [--check]
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { schemaFiles } from './json-schema.ts';

const folder = new URL('../schemas/', import.meta.url);
const wanted = schemaFiles();
mkdirSync(folder, { recursive: true });
const present = readdirSync(folder);
const leftOver = present.filter((name) => !wanted.has(name));
const differing = [...wanted].filter(
  ([name, content]) => !present.includes(name) || readFileSync(new URL(name, folder), 'utf8') !== content,
);

if (!process.argv.includes('--check')) {
  for (const [name, content] of differing) writeFileSync(new URL(name, folder), content);
  for (const name of leftOver) rmSync(new URL(name, folder));
} else if (differing.length + leftOver.length > 0) {
  const names = [...differing.map(([name]) => name), ...leftOver].join('\n  ');
  process.stderr.write(`schemas differ from the catalogue; generate them anew:\n  ${names}\n`);
  process.exitCode = 1;
}
