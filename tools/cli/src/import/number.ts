import { inWhole, minorDigits } from '@throughline/contracts';
import { RowError } from './value.ts';

/** How a source writes numbers; left out: `1234.50`, and nothing else. */
export interface NumberFormat {
  /** between whole and fraction: `.` or `,` */
  readonly decimal: string;
  /** between groups of three digits: `,`, `.`, `'`, a blank */
  readonly group: string | null;
  /** texts before or after the number, such as `$`, `EUR`, `%` */
  readonly symbols: readonly string[];
  /** whether `(500.00)` is -500.00 */
  readonly parentheses: boolean;
  /** what becomes of digits that the currency does not have */
  readonly round: 'refuse' | 'half-up';
}

export const PLAIN: NumberFormat = {
  decimal: '.',
  group: null,
  symbols: [],
  parentheses: false,
  round: 'refuse',
};

interface Digits {
  readonly sign: '' | '-';
  readonly whole: string;
  readonly fraction: string;
}

/** A number as the format writes it, taken apart; null where it is none. */
function digitsOf(text: string, format: NumberFormat): Digits | null {
  let rest = text.trim();
  let negative = false;
  const inParentheses = format.parentheses ? /^\((.*)\)$/s.exec(rest)?.[1] : undefined;
  if (inParentheses !== undefined) [rest, negative] = [inParentheses, true];
  const minus = () => {
    if (!/^[-−]/.test(rest) || negative) return;
    rest = rest.slice(1).trim();
    negative = true;
  };
  minus();
  for (const symbol of format.symbols) {
    if (rest.startsWith(symbol)) rest = rest.slice(symbol.length).trim();
    else if (rest.endsWith(symbol)) rest = rest.slice(0, -symbol.length).trim();
  }
  minus();
  const parts = rest.split(format.decimal);
  const [written = '', fraction = ''] = parts;
  if (parts.length > 2 || (parts.length === 2 && fraction === '')) return null;
  const whole = ungrouped(written, format.group);
  if (whole === null || !/^\d*$/.test(fraction)) return null;
  return { sign: negative ? '-' : '', whole, fraction };
}

/** Groups are three digits each, but the first, or there are none. */
function ungrouped(written: string, group: string | null): string | null {
  if (/^\d+$/.test(written)) return written;
  if (group === null) return null;
  const groups = written.split(/\s/.test(group) ? /[\s\u00a0\u202f]/ : group);
  const fits = groups.every((each, at) => (at === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(each));
  return fits ? groups.join('') : null;
}

/** Minor units of a currency, without floating point. @throws RowError with an example of the form expected */
export function minorUnits(text: string, currency: string, format: NumberFormat): number {
  const digits = minorDigits(currency);
  if (digits === null) throw new RowError(`${currency} is no currency such as EUR`);
  const read = digitsOf(text, format);
  const significant = read?.fraction.replace(/0+$/, '') ?? '';
  const isTooFine = significant.length > digits && format.round === 'refuse';
  if (read === null || isTooFine) {
    const more = isTooFine ? `; it has more digits than ${currency}: say "round": "half-up" to round it` : '';
    throw new RowError(
      `${JSON.stringify(text)} is not an amount of ${currency} such as ${example(currency, format)}${more}`,
    );
  }
  const kept = BigInt(`${read.whole}${read.fraction.slice(0, digits).padEnd(digits, '0')}`);
  const rounded = kept + (Number(read.fraction[digits] ?? '0') >= 5 ? 1n : 0n);
  const minor = Number(read.sign === '-' ? -rounded : rounded);
  if (!Number.isSafeInteger(minor)) throw new RowError(`${JSON.stringify(text)} is too large an amount`);
  return minor === 0 ? 0 : minor;
}

/** @throws RowError */
export function numberOf(text: string, format: NumberFormat): number {
  const read = digitsOf(text, format);
  if (read === null)
    throw new RowError(`${JSON.stringify(text)} is not a number such as ${example('EUR', format)}`);
  const number = Number(`${read.sign}${read.whole}.${read.fraction || '0'}`);
  if (Number.isInteger(number) && !Number.isSafeInteger(number))
    throw new RowError(`${JSON.stringify(text)} is too large a number`);
  return number === 0 ? 0 : number;
}

function example(currency: string, { decimal, group }: NumberFormat): string {
  const plain = inWhole(105450n, currency) ?? '1054.50';
  const [whole = '', fraction] = plain.split('.');
  const grouped = group === null ? whole : whole.replace(/(\d)(?=(\d{3})+$)/g, `$1${group}`);
  return fraction === undefined ? grouped : `${grouped}${decimal}${fraction}`;
}
