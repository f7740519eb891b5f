import { deliver, type Doors, type Sendable } from '@throughline/client';
import { Checkpoint } from './checkpoint.ts';
import type { RefusedRow } from './csv.ts';
import type { Mapping } from './mapping.ts';
import { planImport, type Plan, type PlannedCommand, type PlannedFact } from './plan.ts';

export interface ImportOptions {
  readonly mapping: Mapping;
  readonly files: readonly string[];
  /** names the installation, so that another one is not taken for half done */
  readonly target: string;
  /** where to keep how far it got: beside the data, so that it goes with them; localRoot unless told */
  readonly folder?: string;
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
  const checkpoint = new Checkpoint(options.folder, options.target, sends);
  const { done: resumedAt, refused: atDoor } = checkpoint.read();
  const planned = new Map<Sendable, PlannedFact | PlannedCommand>();
  for (const [index, send] of sends.entries())
    planned.set(send, items[index] as PlannedFact | PlannedCommand);
  const { taken } = await deliver(sends, doors, {
    from: resumedAt,
    onProgress: (done, total) => {
      checkpoint.write({ done, refused: atDoor });
      options.onProgress?.(done, total);
    },
    onRefused: (send, reason) => {
      const { file, line } = planned.get(send) as PlannedFact;
      atDoor.push({ file, line, reason });
    },
  });
  checkpoint.clear();
  return {
    rows: plan.rows,
    repeats: plan.repeats,
    sent: sends.length - resumedAt,
    taken,
    resumedAt,
    refused: [...plan.refused, ...atDoor].sort((a, b) =>
      a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line,
    ),
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
