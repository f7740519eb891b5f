import { CURRENCIES } from '@throughline/contracts';
import type { Mapping, Template, Value } from './mapping.ts';
import { commands, facts } from './sendable-names.ts';

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  $map: ['of'],
  $lookup: ['of', 'column'],
  $money: ['currency', 'format'],
  $number: ['format'],
  $list: [],
  $split: ['by'],
};
/** Marks of the time, beside the fields of the data. */
const OF_THE_EVENT = ['time'];

/**
 * What is wrong with a mapping as a whole, each with its place and what is there instead: a name that nothing has would
 * otherwise cost every row.
 */
export function checkMapping(mapping: Mapping): string[] {
  return mapping.events.flatMap((template, at) => {
    const place = `at events.${at}`;
    const faults = [
      ...fileFaults(mapping, template),
      ...nameFaults(template),
      ...textFaults(template),
      ...Object.entries(template.data).flatMap(([field, value]) =>
        valueFaults(mapping, value).map((fault) => `data.${field}: ${fault}`),
      ),
    ];
    return faults.map((fault) => `${place}: ${fault}`);
  });
}

function fileFaults({ files }: Mapping, { file }: Template): string[] {
  return file in files ? [] : [`there is no file "${file}" in "files"${likely(file, Object.keys(files))}`];
}

function nameFaults(template: Template): string[] {
  const isFact = 'emit' in template;
  const name = isFact ? template.emit : template.command;
  const known = isFact ? facts : commands[template.to];
  const schema = known.get(name);
  if (schema === undefined)
    return [
      `there is no ${isFact ? 'fact' : `command to ${template.to}`} "${name}"${likely(name, [...known.keys()])}`,
    ];
  const fields = Object.keys(schema.shape);
  const inferred = template.inferred.map((path) => path.split('.')[0] ?? '');
  return [
    ...Object.keys(template.data)
      .filter((field) => !fields.includes(field))
      .map((field) => `data.${field} is no field of ${name}${likely(field, fields)}`),
    ...inferred
      .filter((field) => ![...fields, ...OF_THE_EVENT].includes(field))
      .map(
        (field) =>
          `inferred: "${field}" is no field of ${name}${likely(field, [...fields, ...OF_THE_EVENT])}`,
      ),
  ];
}

/** Texts in which braces do not name a cell, and a time that is no cell's. */
function textFaults(template: Template): string[] {
  const { time, order } = template;
  const named = [
    ['time.from', time?.from],
    ['order', order],
    ...('emit' in template ? [['id', template.id] as const] : [['on', template.on] as const]),
  ] as const;
  const faults = named.flatMap(([place, text]) =>
    text === undefined ? [] : braceFaults(text).map((it) => `${place}: ${it}`),
  );
  if (time !== undefined && !/\{[^{}]+\}/.test(time.from))
    return [...faults, `time.from: "${time.from}" names no cell: write "{${time.from}}"`];
  return faults;
}

function braceFaults(text: string): string[] {
  const rest = text.replaceAll(/\{[^{}]+\}/g, '');
  return /[{}]/.test(rest) ? [`"${text}" has a brace that names no cell: write {column}`] : [];
}

function valueFaults(mapping: Mapping, value: Value): string[] {
  if (Array.isArray(value)) return value.flatMap((each: Value) => valueFaults(mapping, each));
  if (typeof value === 'string') return braceFaults(value);
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Readonly<Record<string, Value>>;
  const inside = Object.values(node).flatMap((each) => valueFaults(mapping, each));
  const operators = Object.keys(node).filter((key) => key.startsWith('$'));
  const [operator] = operators;
  if (operator === undefined) return inside;
  const options = OPERATORS[operator];
  if (options === undefined)
    return [`there is no ${operator}${likely(operator, Object.keys(OPERATORS))}`, ...inside];
  const unknown = Object.keys(node).filter((key) => key !== operator && !options.includes(key));
  const lacking =
    ['$map', '$lookup'].includes(operator) && node['of'] === undefined ? [`${operator} needs an "of"`] : [];
  const own = [
    ...lacking,
    ...unknown.map((key) => `${operator} has no "${key}"${likely(key, options)}`),
    ...named('value map', operator === '$map' ? node['$map'] : undefined, mapping.maps),
    ...named('file', operator === '$lookup' ? node['$lookup'] : undefined, mapping.files),
    ...named('number format', node['format'], mapping.numbers),
    ...(operator === '$money' ? currencyFaults(node['currency']) : []),
  ];
  return [...own, ...inside];
}

/** A currency is a code, or comes from a cell. */
function currencyFaults(currency: Value | undefined): string[] {
  if (currency === undefined) return ['$money needs a "currency", such as "EUR" or "{currency}"'];
  const isCode = typeof currency === 'string' && !currency.includes('{');
  return isCode && !CURRENCIES.includes(currency) ? [`${currency} is no currency of ISO 4217`] : [];
}

function named(what: string, name: Value | undefined, known: Readonly<Record<string, unknown>>): string[] {
  if (name === undefined || String(name) in known) return [];
  return [`there is no ${what} "${String(name)}"${likely(String(name), Object.keys(known))}`];
}

/** The name that is probably meant, or all that there are. */
function likely(name: string, known: readonly string[]): string {
  const near = known
    .map((each) => ({ each, distance: distanceOf(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined) return `: did you mean "${near.each}"?`;
  return known.length === 0 ? '' : `; there is ${known.join(', ')}`;
}

/** Levenshtein, 1966: insertions, deletions and replacements between two texts. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, own] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1)
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (own === b[j] ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
