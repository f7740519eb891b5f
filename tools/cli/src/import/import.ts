import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deliver, localRoot, type Doors, type Sendable } from '@throughline/client';
import type { RefusedRow } from './csv.ts';
import type { Mapping } from './mapping.ts';
import { planImport, type Plan, type PlannedCommand, type PlannedFact } from './plan.ts';

export interface ImportOptions {
  readonly mapping: Mapping;
  readonly files: readonly string[];
  /** names the installation, so that another one is not taken for half done */
  readonly target: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ImportResult {
  readonly rows: number;
  /** rows that said the same as another row of the same key */
  readonly repeats: number;
  readonly sent: number;
  readonly taken: number;
  /** of an interrupted import that this one went on with */
  readonly resumedAt: number;
  /** rows or commands, with line and reason, in file and line order */
  readonly refused: readonly RefusedRow[];
}

/**
 * Imports CSV files through the services' own doors. Interrupted, it goes on where it was; run again, it
 * changes nothing, since every id comes from the rows.
 * @throws MappingError, CsvFileError before anything is sent
 */
export async function importFiles(doors: Doors, options: ImportOptions): Promise<ImportResult> {
  const plan = planImport(options.mapping, options.files);
  const items = all(plan);
  const sends = sendables(items, options.mapping.source);
  const place = checkpoint(options.target, sends);
  const resumedAt = place.read();
  const refused = [...plan.refused];
  const planned = new Map<Sendable, PlannedFact | PlannedCommand>();
  for (const [index, send] of sends.entries())
    planned.set(send, items[index] as PlannedFact | PlannedCommand);
  const { taken } = await deliver(sends, doors, {
    from: resumedAt,
    onProgress: (done, total) => {
      place.write(done);
      options.onProgress?.(done, total);
    },
    onRefused: (send, reason) => {
      const { file, line } = planned.get(send) as PlannedFact;
      refused.push({ file, line, reason });
    },
  });
  place.clear();
  return {
    rows: plan.rows,
    repeats: plan.repeats,
    sent: sends.length - resumedAt,
    taken,
    resumedAt,
    refused: refused.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)),
  };
}

const all = (plan: Plan): readonly (PlannedFact | PlannedCommand)[] => [
  ...plan.facts,
  ...plan.commands.leads,
  ...plan.commands.opportunities,
];

function sendables(items: readonly (PlannedFact | PlannedCommand)[], source: string): Sendable[] {
  return items.map(({ file: _file, line: _line, step: _step, ...send }) => ({ ...send, source }));
}

/** How far a list got, kept beside the data, by the list's own content. */
function checkpoint(target: string, sends: readonly Sendable[]) {
  const folder = join(localRoot, 'imports');
  const name = createHash('sha256').update(target).update(JSON.stringify(sends)).digest('hex').slice(0, 32);
  const path = join(folder, name);
  return {
    read(): number {
      try {
        return Number(readFileSync(path, 'utf8')) || 0;
      } catch {
        return 0;
      }
    },
    write(done: number): void {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, String(done));
    },
    clear: () => rmSync(path, { force: true }),
  };
}
