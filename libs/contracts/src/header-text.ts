import { ContractError } from './contract.error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a `ce-` header: percent-encoded UTF-8, decoded once (CloudEvents HTTP binding 1.0, 3.1.3.2).
 * @param value as Node gives it, one character a byte
 * @throws ContractError bad-attribute
 */
export function decodeHeader(name: string, value: string): string {
  const quoted = /^"(.*)"$/s.exec(value);
  const text = quoted ? (quoted[1] ?? '').replace(/\\(.)/gs, '$1') : value;
  const bytes = Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => latin1(hex)),
    'latin1',
  );
  try {
    const isWide = [...text].some((character) => character > '\xff');
    if (isWide || /%(?![0-9a-f]{2})/i.test(text) || bytes.includes(0)) throw new TypeError();
    return utf8.decode(bytes);
  } catch {
    const remedy = 'Percent-encode the UTF-8 bytes of the value, and % itself as %25.';
    throw new ContractError(
      'bad-attribute',
      name.slice(3),
      `header ${name.slice(0, 60)} is not readable`,
      remedy,
    );
  }
}

function latin1(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
