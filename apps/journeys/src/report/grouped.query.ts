import type { Queryable } from '@throughline/postgres';
import { pageFrom } from '@throughline/service';
import { type Ask, attributeOf, LEAD } from './ask.query.ts';
import { boundInstant, moment, startInstant } from './clock.query.ts';
import type { DataSet } from './dimensions.table.ts';
import { distribution } from './distribution.query.ts';
import { leadDimensions } from './lead-dimensions.table.ts';
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
  readonly counts:
    Readonly<Record<string, string>> | ((statement: Statement) => Readonly<Record<string, string>>);
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

/** Rows of the data set that the ask's filters leave, as a FROM item named `d` (and `lead`, where it is asked of). */
export function filtered(set: DataSet, ask: Ask, statement: Statement): string {
  const conditions: string[] = set.counts === undefined ? [] : [set.counts];
  const start = () => startInstant(moment(set.instant), ask.clock, statement);
  if (ask.source !== null) conditions.push(`d.source = ${statement.bind(ask.source)}`);
  if (ask.from !== null) conditions.push(`${start()} >= ${boundInstant(ask.from, ask.clock, statement)}`);
  if (ask.to !== null) conditions.push(`${start()} < ${boundInstant(ask.to, ask.clock, statement)}`);
  for (const [dimension, values] of ask.only) {
    conditions.push(
      `${dimensionSql(set, dimension, ask, statement)} = any(${statement.bind(values)}::text[])`,
    );
  }
  for (const dimension of ask.blank) {
    conditions.push(`${dimensionSql(set, dimension, ask, statement)} is null`);
  }
  const rows = set.rows?.(ask, statement) ?? `analytics_v1.${set.view}`;
  const ofLead = [...ask.group, ...ask.blank, ...ask.only.keys()].some((name) => name.startsWith(LEAD));
  const lead = ofLead
    ? ' left join analytics_v1.opportunity_lead lead on lead.opportunity = d.opportunity'
    : '';
  return `${rows} d${lead}${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}`;
}

export function dimensionSql(set: DataSet, name: string, ask: Ask, statement: Statement): string {
  if (name.startsWith(LEAD)) return leadSql(name.slice(LEAD.length), ask, statement);
  const attribute = attributeOf(name);
  if (attribute !== null) return `(d.attributes ->> ${statement.bind(attribute)}::text)`;
  const sql = set.dimensions[name]?.sql ?? 'null';
  return typeof sql === 'string' ? sql : sql(ask.clock, statement);
}

function leadSql(name: string, ask: Ask, statement: Statement): string {
  const attribute = attributeOf(name);
  if (attribute !== null) return `(lead.attributes ->> ${statement.bind(attribute)}::text)`;
  const sql = leadDimensions[name]?.sql ?? 'null';
  return typeof sql === 'string' ? sql : sql(ask.clock, statement);
}

async function groups(database: Queryable, set: DataSet, measures: Measures, ask: Ask): Promise<Found[]> {
  const statement = new Statement();
  const key = ask.group.map((name) => {
    return `jsonb_build_array(${dimensionSql(set, name, ask, statement)}, ${absentSql(name, statement)})`;
  });
  const order = ask.group.map(
    (_, at) => `(g.key -> ${at} ->> 0) collate "C" nulls last, g.key -> ${at} ->> 1`,
  );
  const money = Object.entries(measures.money ?? {});
  const sums = money.map(([name]) => `'${name}', coalesce("${name}".sums, '[]')`);
  const text = `
    with base as (select jsonb_build_array(${key.join(', ')}) as key, d.* from ${filtered(set, ask, statement)}),
    counted as (${countedPart(ask, measures, statement)})
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

/** SQL: whether an attribute was never sent. */
function absentSql(name: string, statement: Statement): string {
  const ofLead = name.startsWith(LEAD);
  const attribute = attributeOf(ofLead ? name.slice(LEAD.length) : name);
  if (attribute === null) return 'false';
  return `not coalesce(${ofLead ? 'lead' : 'd'}.attributes ? ${statement.bind(attribute)}, false)`;
}

/** Without a group there is always one row, so that an empty data set counts 0. */
function countedPart(ask: Ask, { counts }: Measures, statement: Statement): string {
  const named = typeof counts === 'function' ? counts(statement) : counts;
  const measured = `json_build_object(${pairs(named)}) as measures from base d`;
  return ask.group.length === 0
    ? `select '[]'::jsonb as key, ${measured}`
    : `select d.key, ${measured} group by d.key`;
}

/** Sums never mix currencies; an unknown currency is a currency of its own, shown as null. */
function moneyPart(name: string, amount: string, where: string): string {
  return `"${name}" as (
    select key, json_agg(json_build_object('currency', currency, 'deals', deals, 'amount', amount::text, 'spread', spread)
                          order by currency collate "C" nulls last) as sums
      from (select d.key, d.currency, count(*) as deals, sum(${amount}) as amount, ${distribution(amount, 'text')} as spread
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
