import { readFileSync } from 'node:fs';
import { CsvFileError } from './csv-columns.ts';

/** What the mapping may say of the bytes of a file. */
export const ENCODINGS = ['utf-8', 'windows-1252', 'iso-8859-1', 'iso-8859-15', 'utf-16le'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface CsvText {
  /** one character a byte of UTF-8, so that a wrong encoding spoils its own record only */
  readonly text: string;
  /** a cell as it is meant. @throws TypeError where it is not UTF-8 */
  readonly decode: (cell: string) => string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const decode = (cell: string): string => utf8.decode(Buffer.from(cell, 'latin1'));

/** Reads a file; a byte order mark says more than the mapping. @throws CsvFileError */
export function readCsvText(path: string, encoding: Encoding): CsvText {
  const bytes = bytesOf(path);
  const hasUtf8Mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null;
  const from = marked ?? (hasUtf8Mark ? 'utf-8' : encoding);
  const asUtf8 = from === 'utf-8' ? bytes : Buffer.from(new TextDecoder(from).decode(bytes), 'utf8');
  const start = asUtf8[0] === 0xef && asUtf8[1] === 0xbb && asUtf8[2] === 0xbf ? 3 : 0;
  return { text: asUtf8.toString('latin1', start), decode };
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CsvFileError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
