import type { CloudEvent } from './cloud-event.ts';
import { ContractError } from './contract.error.ts';
import { EVENT_BYTES, parseJson } from './json.ts';

const NAME = /^[a-z0-9]{1,60}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A CloudEvent in the JSON format (CloudEvents 1.0, JSON event format). @throws ContractError */
export function readStructured(raw: Buffer): CloudEvent {
  const value = parseJson(raw, { maxBytes: EVENT_BYTES });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ContractError(
      'bad-json',
      null,
      'the event is not a JSON object',
      'Send {"specversion":"1.0",…}.',
    );
  }
  const { data, data_base64: encoded, ...rest } = value as Record<string, unknown>;
  const attributes: Record<string, string> = {};
  for (const [name, attribute] of Object.entries(rest)) {
    if (attribute !== null) attributes[name] = attributeText(name, attribute);
  }
  return { attributes, data: dataOf(data, encoded) };
}

function attributeText(name: string, value: unknown): string {
  if (!NAME.test(name)) {
    const remedy =
      'Attribute names are lower case letters and digits; what describes the event goes into data.';
    throw new ContractError('bad-attribute', name, 'the name of an attribute is not valid', remedy);
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const remedy = 'Send the attribute as text; lists such as inferred are separated by commas.';
  throw new ContractError('bad-attribute', name, 'an attribute holds a list or an object', remedy);
}

function dataOf(data: unknown, encoded: unknown): unknown {
  if (data != null && encoded != null) {
    const remedy = 'Send data or data_base64, not both.';
    throw new ContractError('invalid-data', 'data_base64', 'the event has data twice', remedy);
  }
  if (data != null) return data;
  if (encoded == null) {
    throw new ContractError(
      'missing-attribute',
      'data',
      'the event has no data',
      'Send the data as an object.',
    );
  }
  if (typeof encoded !== 'string' || !BASE64.test(encoded)) {
    const remedy = 'Encode the JSON text of the data as base64 (RFC 4648), or send data.';
    throw new ContractError('invalid-data', 'data_base64', 'data_base64 is not base64', remedy);
  }
  return parseJson(Buffer.from(encoded, 'base64'), { at: '/data' });
}
