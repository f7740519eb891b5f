import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { inOrder } from './command-order.ts';
import { readCsv, type CsvContent, type CsvRow, type RefusedRow } from './csv.ts';
import { MappingError, type Mapping, type Template } from './mapping.ts';
import { columnsRead } from './mapped-columns.ts';
import { unnamedValues, type UnnamedValue } from './unnamed-values.ts';
import { whenOf, type When } from './time.ts';
import { evaluate, fill, RowError, type Cells, type Json, type Tables } from './value.ts';

interface Planned extends When {
  /** name of the file and line of the row it comes from, for the list of refused rows */
  readonly file: string;
  readonly line: number;
  readonly inferred: readonly string[];
  readonly data: Json;
  /** its place in the mapping's lifecycle */
  readonly step: number;
}

export interface PlannedFact extends Planned {
  readonly kind: 'fact';
  readonly name: string;
  /** CloudEvents id, derived from the row alone */
  readonly id: string;
}

export interface PlannedCommand extends Planned {
  readonly kind: 'command';
  readonly service: 'leads' | 'opportunities';
  readonly command: string;
  readonly on: string;
  readonly commandId: string;
  /** breaks ties of commands at one time */
  readonly order: string | null;
}

export interface Plan {
  readonly facts: readonly PlannedFact[];
  /** by service; one entity's commands stand together, in the order in which they happened */
  readonly commands: Readonly<Record<PlannedCommand['service'], readonly PlannedCommand[]>>;
  readonly repeats: number;
  readonly refused: readonly RefusedRow[];
  /** rows of the files, without their headers */
  readonly read: number;
  /** rows that no rule applies to, so that nothing comes of them */
  readonly idle: readonly IdleRows[];
  readonly unnamed: readonly UnnamedValue[];
  readonly missing: readonly MissingLookup[];
  readonly contents: ReadonlyMap<string, CsvContent>;
}

/** Rows of a file that nothing comes of. */
export interface IdleRows {
  readonly file: string;
  readonly rows: number;
  /** the first of them */
  readonly line: number;
}

/** A look-up for which a file has no row. */
export interface MissingLookup {
  readonly lookup: string;
  readonly value: string;
  readonly rows: number;
}

/**
 * Turns the files into what is to be sent. The plan depends on the set of rows alone: the same rows in
 * another order, or spread over the files in another order, give the same plan.
 * @throws MappingError when a file matches no entry of the mapping, CsvFileError when one cannot be read
 */
export function planImport(mapping: Mapping, paths: readonly string[]): Plan {
  const contents = readFiles(mapping, paths);
  const missing = new Map<string, MissingLookup>();
  const tables: Tables = {
    maps: mapping.maps,
    numbers: mapping.numbers,
    lookups: lookupTables(mapping, contents),
    onMissing(lookup, value) {
      const key = JSON.stringify([lookup, value]);
      missing.set(key, { lookup, value, rows: (missing.get(key)?.rows ?? 0) + 1 });
    },
  };
  const refused: RefusedRow[] = [...contents.values()].flatMap((content) => content.refused);
  const facts: PlannedFact[] = [];
  const commands: PlannedCommand[] = [];
  const idle: IdleRows[] = [];
  for (const [label, content] of contents) {
    const unruled: CsvRow[] = [];
    const steps = mapping.events
      .map((template, step) => ({ template, step }))
      .filter(({ template }) => template.file === label);
    for (const row of content.rows) {
      try {
        const planned = steps
          .filter(({ template }) => applies(template, row.cells))
          .map(({ template, step }) => planRow(mapping, { template, step, file: content.name }, row, tables));
        if (planned.length === 0 && steps.length > 0 && !isIgnored(mapping, label, row)) unruled.push(row);
        for (const each of planned)
          if (each.kind === 'fact') facts.push(each);
          else commands.push(each);
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        refused.push({ file: content.name, line: row.line, reason: error.message, text: row.text });
      }
    }
    const lines = unruled.map(({ line }) => line);
    if (lines.length > 0)
      idle.push({ file: content.name, rows: lines.length, line: lines.reduce((a, b) => Math.min(a, b)) });
  }
  const entities = (service: PlannedCommand['service']) =>
    inOrder(commands.filter((each) => each.service === service));
  return {
    facts: facts.sort((a, b) => a.step - b.step || compare(a.id, b.id)),
    commands: { leads: entities('leads'), opportunities: entities('opportunities') },
    repeats: [...contents.values()].reduce((sum, content) => sum + content.repeats, 0),
    refused,
    read: [...contents.values()].reduce((sum, content) => sum + content.read, 0),
    unnamed: [...contents].flatMap(([label, content]) => unnamedValues(mapping, label, content.rows)),
    missing: [...missing.values()],
    idle,
    contents,
  };
}

/** Whether the mapping says that nothing comes of rows with a value that this one has. */
function isIgnored({ files }: Mapping, label: string, { cells }: CsvRow): boolean {
  return Object.entries(files[label]?.ignore ?? {}).some(([column, values]) =>
    values.includes(cells[column] ?? ''),
  );
}

/** Rows, not reasons: one may be refused for several. */
export function refusedRows(refused: readonly RefusedRow[], file?: string): number {
  const own = refused.filter((row) => file === undefined || row.file === file);
  return new Set(own.map((row) => `${row.file}:${row.line}`)).size;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function readFiles(mapping: Mapping, paths: readonly string[]): Map<string, CsvContent> {
  const contents = new Map<string, CsvContent>();
  for (const path of paths) {
    const match = Object.entries(mapping.files).find(([, file]) =>
      basename(path).toLowerCase().includes(file.name.toLowerCase()),
    );
    if (!match)
      throw new MappingError(
        `${basename(path)} is none of the files that ${mapping.name} reads: ` +
          Object.values(mapping.files)
            .map((file) => `*${file.name}*`)
            .join(', '),
      );
    const [label, shape] = match;
    const read = readCsv(path, label, {
      ...shape,
      columns: columnsRead(mapping, label),
      blank: mapping.blank,
    });
    const before = contents.get(label);
    if (before !== undefined)
      throw new MappingError(
        `Two files were given for ${label} (*${shape.name}*): ${before.name}, ${read.name}. Give one.`,
      );
    contents.set(label, read);
  }
  return contents;
}

function lookupTables(mapping: Mapping, contents: ReadonlyMap<string, CsvContent>): Tables['lookups'] {
  const tables: Record<string, Map<string, Cells>> = {};
  for (const [label, content] of contents) {
    const key = mapping.files[label]?.key;
    if (key?.length !== 1) continue;
    const column = key[0] as string;
    tables[label] = new Map(content.rows.map((row) => [row.cells[column] ?? '', row.cells]));
  }
  return tables;
}

function applies(template: Template, cells: Cells): boolean {
  return Object.entries(template.when ?? {}).every(([column, wanted]) => {
    const cell = cells[column];
    if (cell === undefined) throw new RowError(`the mapping names column ${column}, which the file lacks`);
    return Array.isArray(wanted) ? wanted.includes(cell) : (cell === '') === wanted.blank;
  });
}

function planRow(
  mapping: Mapping,
  { template, step, file }: { template: Template; step: number; file: string },
  row: CsvRow,
  tables: Tables,
): PlannedFact | PlannedCommand {
  const { value: data, concluded } = evaluate(template.data, row.cells, { ...tables, key: row.key });
  const planned = {
    file,
    line: row.line,
    step,
    ...whenOf(template.time, row.cells),
    data,
    inferred: [...new Set([...template.inferred, ...concluded])].sort(),
  };
  const ordinal = mapping.events.filter(
    (other, index) => other.file === template.file && index < step,
  ).length;
  const id = `${mapping.name}:${row.file}:${row.key}:${ordinal}`;
  if ('emit' in template) {
    const own = template.id === undefined ? id : required(template.id, row, 'id');
    return { kind: 'fact', name: template.emit, id: fitting(own, ANY), ...planned };
  }
  return {
    kind: 'command',
    service: template.to,
    command: template.command,
    on: required(template.on, row, 'on'),
    order: template.order === undefined ? null : fill(template.order, row.cells, row.key),
    commandId: fitting(id, VISIBLE_ASCII),
    ...planned,
  };
}

/** What a door takes as the id of a fact, and what a header takes as that of a command. */
const ANY = /^.{1,200}$/su;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,200}$/;

/** An id that the door would not take, for a key with spaces or of great length, is replaced by its hash. */
function fitting(id: string, form: RegExp): string {
  return form.test(id) ? id : createHash('sha256').update(id).digest('hex');
}

function required(text: string, { cells, key }: CsvRow, field: string): string {
  const filled = fill(text, cells, key);
  if (filled === null) throw new RowError(`${field} "${text}" needs a cell that is blank`);
  return filled;
}
