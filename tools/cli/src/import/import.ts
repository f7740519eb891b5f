import { deliver, type Doors, type Sendable } from '@throughline/client';
import { Checkpoint } from './checkpoint.ts';
import type { RefusedRow } from './csv.ts';
import type { Mapping } from './mapping.ts';
import {
  planImport,
  refusedRows,
  type IdleRows,
  type MissingLookup,
  type Plan,
  type PlannedCommand,
  type PlannedFact,
} from './plan.ts';
import type { UnnamedValue } from './unnamed-values.ts';

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
  /** rows of the files, without their headers: each is among `accepted`, `repeats` or the rows of `refused` */
  readonly read: number;
  /** rows of which nothing was refused */
  readonly accepted: number;
  readonly idle: readonly IdleRows[];
  readonly unnamed: readonly UnnamedValue[];
  readonly missing: readonly MissingLookup[];
  /** the header of each file as it stands there */
  readonly headers: ReadonlyMap<string, string>;
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
  const accepted = plan.read - plan.repeats - refusedRows([...plan.refused, ...atDoor]);
  return {
    accepted,
    read: plan.read,
    idle: plan.idle,
    unnamed: plan.unnamed,
    missing: plan.missing,
    headers: new Map([...plan.contents.values()].map(({ name, header }) => [name, header])),
    repeats: plan.repeats,
    sent: sends.length - resumedAt,
    taken,
    resumedAt,
    refused: withTexts([...plan.refused, ...atDoor], plan).sort((a, b) =>
      a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line,
    ),
  };
}

/** What a service refused, with the row as it stands in its file. */
function withTexts(refused: readonly RefusedRow[], { contents }: Plan): RefusedRow[] {
  const texts = new Map(
    [...contents.values()].map(({ name, rows }) => [
      name,
      new Map(rows.map(({ line, text }) => [line, text])),
    ]),
  );
  return refused.map((row) => {
    const text = row.text ?? texts.get(row.file)?.get(row.line);
    return text === undefined ? row : { ...row, text };
  });
}

const all = (plan: Plan): readonly (PlannedFact | PlannedCommand)[] => [
  ...plan.facts,
  ...plan.commands.leads,
  ...plan.commands.opportunities,
];

function sendables(items: readonly (PlannedFact | PlannedCommand)[], source: string): Sendable[] {
  return items.map((item) => {
    const { file: _file, line: _line, step: _step, ...send } = item;
    if (send.kind === 'fact') return { ...send, source };
    const { order: _order, ...command } = send;
    return { ...command, source };
  });
}
