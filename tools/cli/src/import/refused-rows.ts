import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../usage.error.ts';
import { REASON_COLUMN, type RefusedRow } from './csv.ts';

/** Says that the file is UTF-8, whatever the encoding of the file that the rows came from. */
const UTF8_MARK = '\ufeff';

/**
 * Writes the refused rows of each file as a CSV of its own, `refused-<file>`: the header and the rows as they stand there,
 * with the reason in a last column. Corrected, it is imported by the same mapping.
 * @param delimiterOf the delimiter of a file
 * @returns the paths
 * @throws UsageError where one cannot be written
 */
export function writeRefused(
  folder: string,
  refused: readonly RefusedRow[],
  headers: ReadonlyMap<string, string>,
  delimiterOf: (file: string) => string,
): string[] {
  return [...Map.groupBy(refused, ({ file }) => file)].map(([file, rows]) => {
    const path = join(folder, `refused-${file}`);
    const delimiter = delimiterOf(file);
    const lines = [
      `${headers.get(file) ?? ''}${delimiter}${REASON_COLUMN}`,
      ...[...Map.groupBy(rows, ({ line }) => line)].map(([line, own]) => {
        const reasons = [...new Set(own.map(({ reason }) => reason))].join('; ');
        return `${own[0]?.text ?? ''}${delimiter}${quoted(`line ${line}: ${reasons}`)}`;
      }),
    ];
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, `${UTF8_MARK}${lines.join('\n')}\n`);
    } catch (error) {
      throw new UsageError(`The refused rows cannot be written to ${path}: ${(error as Error).message}`);
    }
    return path;
  });
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** How many were refused for each kind of reason: values and line numbers left out. */
export function byReason(
  refused: readonly RefusedRow[],
): { reason: string; rows: number; example: string }[] {
  const kinds = Map.groupBy(refused, ({ reason }) =>
    reason.replace(/"(?:[^"\\]|\\.)*"/, '…').replaceAll(/\bline \d+/g, 'line …'),
  );
  return [...kinds]
    .map(([reason, rows]) => ({
      reason,
      rows: rows.length,
      example: `${rows[0]?.file}:${rows[0]?.line}`,
    }))
    .sort((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1));
}
