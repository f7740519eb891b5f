import type { Queryable } from '@throughline/postgres';
import { pageFrom } from '@throughline/service';
import { type Ask, attributeOf } from './ask.query.ts';
import type { DataSet } from './dimensions.table.ts';
import { distribution } from './distribution.query.ts';
import { Statement } from './statement.query.ts';

/** One group of a report. A blank dimension is null; `absent` names attributes that were never sent at all. */
export interface GroupRow {
  readonly key: Readonly<Record<string, string | null>>;
  readonly absent?: readonly string[];
  readonly [measure: string]: unknown;
}

export interface GroupPage {
  readonly group: readonly string[];
  readonly total: Readonly<Record<string, unknown>>;
  readonly items: readonly GroupRow[];
  readonly next: string | null;
}

export interface Measures {
  /** measure name to an aggregate over `d` */
  readonly counts: Readonly<Record<string, string>>;
  /** measures per currency: an amount column (minor units) and which rows count */
  readonly money?: Readonly<Record<string, { readonly amount: string; readonly where: string }>>;
}

interface Found {
  readonly key: readonly (readonly [string | null, boolean])[];
  readonly measures: Readonly<Record<string, unknown>>;
}

/**
 * Counts a data set by the dimensions asked for, with the same measures over all of it as `total`. Measures come in
 * the order in which they are declared, money last; so they are json, since jsonb orders names by their length.
 */
export async function countGroups(
  database: Queryable,
  set: DataSet,
  measures: Measures,
  ask: Ask,
): Promise<GroupPage> {
  const page = await groups(database, set, measures, ask);
  const whole = await groups(database, set, measures, { ...ask, group: [], offset: 0 });
  const { items, next } = pageFrom(page, ask);
  return {
    group: ask.group,
    total: whole[0]?.measures ?? {},
    items: ask.group.length === 0 ? [] : items.map((found) => asRow(ask.group, found)),
    next,
  };
}

/** Rows of the data set that the ask's filters leave, as a FROM item named `d`. */
export function filtered(set: DataSet, ask: Ask, statement: Statement): string {
  const conditions: string[] = set.counts === undefined ? [] : [set.counts];
  if (ask.source !== null) conditions.push(`d.source = ${statement.bind(ask.source)}`);
  if (ask.from !== null) conditions.push(`d.${set.instant} >= ${statement.bind(ask.from)}::timestamptz`);
  if (ask.to !== null) conditions.push(`d.${set.instant} < ${statement.bind(ask.to)}::timestamptz`);
  for (const { dimension, value } of ask.only) {
    conditions.push(`${dimensionSql(set, dimension, statement)} = ${statement.bind(value)}`);
  }
  for (const dimension of ask.blank) conditions.push(`${dimensionSql(set, dimension, statement)} is null`);
  return `analytics_v1.${set.view} d${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}`;
}

export function dimensionSql(set: DataSet, name: string, statement: Statement): string {
  const attribute = attributeOf(name);
  if (attribute !== null) return `(d.attributes ->> ${statement.bind(attribute)}::text)`;
  return set.dimensions[name]?.sql ?? 'null';
}

async function groups(database: Queryable, set: DataSet, measures: Measures, ask: Ask): Promise<Found[]> {
  const statement = new Statement();
  const key = ask.group.map((name) => {
    const attribute = attributeOf(name);
    const absent = attribute === null ? 'false' : `not (d.attributes ? ${statement.bind(attribute)})`;
    return `jsonb_build_array(${dimensionSql(set, name, statement)}, ${absent})`;
  });
  const order = ask.group.map(
    (_, at) => `(g.key -> ${at} ->> 0) collate "C" nulls last, g.key -> ${at} ->> 1`,
  );
  const money = Object.entries(measures.money ?? {});
  const sums = money.map(([name]) => `'${name}', coalesce("${name}".sums, '[]')`);
  const text = `
    with base as (select jsonb_build_array(${key.join(', ')}) as key, d.* from ${filtered(set, ask, statement)}),
    counted as (${countedPart(ask, measures)})
    ${money.map(([name, { amount, where }]) => `, ${moneyPart(name, amount, where)}`).join('')}
    select g.key, g.measures, json_build_object(${sums.join(', ')}) as sums
      from counted g ${money.map(([name]) => `left join "${name}" using (key)`).join(' ')}
     order by ${[...order, 'g.key'].join(', ')}
     limit ${statement.bind(ask.limit + 1)} offset ${statement.bind(ask.offset)}`;
  const { rows } = await database.query<Found & { sums: object }>(text, statement.values);
  return rows.map(({ key: of, measures: counted, sums: summed }) => ({
    key: of,
    measures: { ...counted, ...summed },
  }));
}

/** Without a group there is always one row, so that an empty data set counts 0. */
function countedPart(ask: Ask, { counts }: Measures): string {
  const measured = `json_build_object(${pairs(counts)}) as measures from base d`;
  return ask.group.length === 0
    ? `select '[]'::jsonb as key, ${measured}`
    : `select d.key, ${measured} group by d.key`;
}

/** Sums never mix currencies; an unknown currency is a currency of its own, shown as null. */
function moneyPart(name: string, amount: string, where: string): string {
  return `"${name}" as (
    select key, json_agg(json_build_object('currency', currency, 'deals', deals, 'amount', amount, 'spread', spread)
                          order by currency collate "C" nulls last) as sums
      from (select d.key, d.currency, count(*) as deals, sum(${amount}) as amount, ${distribution(amount)} as spread
              from base d where ${where} and ${amount} is not null group by d.key, d.currency) each_currency
     group by key)`;
}

function pairs(measures: Readonly<Record<string, string>>): string {
  return Object.entries(measures)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(', ');
}

function asRow(group: readonly string[], { key, measures }: Found): GroupRow {
  const absent = group.filter((_, at) => key[at]?.[1] === true);
  return {
    key: Object.fromEntries(group.map((name, at) => [name, key[at]?.[0] ?? null])),
    ...(absent.length > 0 ? { absent } : {}),
    ...measures,
  };
}
