import type { Queryable } from '@throughline/postgres';
import { refusal } from '../journeys.error.ts';
import type { ReportName } from './answers.ts';
import { type Ask, readAsk } from './ask.query.ts';
import { attributeSpread } from './attribute-spread.query.ts';
import { blanks } from './blanks.query.ts';
import { checks } from './checks.table.ts';
import { dataQuality, findings } from './data-quality.query.ts';
import { type DataSet, type DataSetName, dataSets } from './dimensions.table.ts';
import { distinctValues } from './distinct.query.ts';
import { funnel } from './funnel.query.ts';
import { handOffs } from './hand-offs.query.ts';
import { inferredFields } from './inferred.query.ts';
import { accounts, members } from './members.query.ts';
import { openLeads, openLeadSet } from './open-leads.query.ts';
import { opportunities, wins, winSet } from './opportunities.query.ts';
import type { Given, ParameterName } from './parameters.table.ts';
import { pipeline, pipelineSet } from './pipeline.query.ts';
import { spread } from './spread.query.ts';
import { stageConversion, staySet, timeInStage, wonWithin } from './stages.query.ts';
import { attributeTotal } from './totals.query.ts';
import { spend, touches, winsByEarlyTouch } from './touches.query.ts';

/** A report: the parameters it takes, all others being refused, and what it answers. */
export interface Report {
  readonly name: ReportName;
  readonly help: string;
  /** data sets by name, whose dimensions it takes; empty when it takes none */
  readonly sets: Readonly<Record<string, DataSet>>;
  readonly takes: readonly ParameterName[];
  /** @param now as of when, unless `at` is given */
  run(database: Queryable, given: Given, now: string): Promise<object>;
}

const page = ['limit', 'cursor'] as const;
const rows = ['source', 'from', 'to', 'only', 'blank'] as const;
const grouped = ['group', ...rows, ...page] as const;
const calendar = ['zone', 'workdays', 'holidays'] as const;
const withAttributes = Object.fromEntries(Object.entries(dataSets).filter(([, set]) => set.attributes));
const { leads } = dataSets;

type Run = (database: Queryable, ask: Ask) => Promise<object>;
/** A report of one data set. */
const of = (
  name: ReportName,
  help: string,
  [set, takes, run]: readonly [DataSet, readonly ParameterName[], Run],
  { named = name, group = [] }: { readonly named?: string; readonly group?: readonly string[] } = {},
): Report => ({
  ...{ name, help, takes },
  sets: takes.includes('group') ? { [named]: set } : {},
  run: (database, given, now) => run(database, readAsk(given, set, now, group)),
});

export const reports: readonly Report[] = [
  of(
    'funnel',
    'how far leads came, won deals, rates and days from capture to won',
    [leads, [...grouped, ...calendar], funnel],
    { named: 'leads' },
  ),
  of('opportunities', 'deals open, won and lost, win rate, won value and days to close; as they are now', [
    dataSets.opportunities,
    [...grouped, ...calendar],
    opportunities,
  ]),
  of(
    'pipeline',
    'open deals as of `at` by stage, owner and amount as they were then; from and to are of the opening',
    [pipelineSet, ['at', ...grouped, 'zone'], pipeline],
  ),
  of('open-leads', 'leads as of `at` by the stage they were in then; from and to are of the capture', [
    openLeadSet,
    ['at', ...grouped, 'zone'],
    openLeads,
  ]),
  of(
    'time-in-stage',
    'days that deals stayed in a stage, ended and still open as of `at`; from and to are of the entry',
    [staySet, ['at', ...grouped, ...calendar], timeInStage],
    { group: ['stage'] },
  ),
  of(
    'stage-conversion',
    'of the deals that entered a stage, the share that later came to another, or was won or lost by `at`',
    [staySet, ['at', ...grouped, ...calendar], stageConversion],
  ),
  {
    ...{ name: 'won-within', sets: { leads }, takes: ['days', 'at', ...grouped, ...calendar] },
    help: 'leads won within `days` days after capture; observed are leads that had all these days by `at`',
    run: (database, given, now) => wonWithin(database, readAsk(given, leads, now), given.days ?? 30),
  },
  of(
    'won-by-month',
    'won deals and their value by month of winning; from and to are of the win',
    [winSet, [...grouped, 'zone'], wins],
    { group: ['close-month'] },
  ),
  of('hand-offs', 'offered = accepted + rejected + expired + open, and touched or ignored, due by `at`', [
    dataSets['hand-offs'],
    ['at', ...grouped, ...calendar],
    handOffs,
  ]),
  of('touches', 'touches with exposures and activities apart, and whom they reached', [
    dataSets.touches,
    [...grouped, 'zone'],
    touches,
  ]),
  of('members', 'members of the revenue team, and how many own no opportunity', [
    dataSets.members,
    grouped,
    members,
  ]),
  of('accounts', 'accounts described, and how many have a parent', [dataSets.accounts, grouped, accounts]),
  {
    ...{ name: 'distinct', help: 'different values of a dimension or combination, given as group' },
    ...{ sets: dataSets, takes: ['dataSet', 'group', ...rows, 'zone'] },
    run(database, given, now) {
      const set = chosen(given, 'leads');
      if ((given.group ?? []).length === 0) throw missing('group', 'Name the dimensions to count.');
      return distinctValues(database, set, readAsk(given, set, now));
    },
  },
  {
    ...{ name: 'blanks', help: 'filled and blank rows of every field and attribute' },
    ...{ sets: dataSets, takes: ['dataSet', ...rows, ...page] },
    run(database, given, now) {
      const set = chosen(given, 'leads');
      return blanks(database, set, readAsk(given, set, now));
    },
  },
  {
    ...{ name: 'attribute-total', help: 'sum and spread of an attribute that holds numbers' },
    ...{ sets: withAttributes, takes: ['dataSet', 'attribute', ...rows] },
    run(database, given, now) {
      const set = chosen(given, 'opportunities', withAttributes);
      return attributeTotal(database, set, attributeIn(given), readAsk(given, set, now));
    },
  },
  {
    ...{
      name: 'attribute-spread',
      help: 'median, percentiles and sum of an attribute that holds numbers, by group',
    },
    ...{ sets: withAttributes, takes: ['dataSet', 'attribute', ...grouped, 'zone'] },
    run(database, given, now) {
      const set = chosen(given, 'opportunities', withAttributes);
      return attributeSpread(database, set, attributeIn(given), readAsk(given, set, now));
    },
  },
  of('spread', 'first and last of every kind of date, and how many are undated', [leads, ['source'], spread]),
  {
    ...{ name: 'data-quality', sets: {}, takes: ['source', 'check', ...page] },
    help: 'defects of the data, counted; with check=<name> their rows',
    run: (database, given, now) => quality(database, given, readAsk(given, leads, now)),
  },
  of('inferred', 'fields that an importer concluded, by event', [leads, ['source', ...page], inferredFields]),
  of('wins-by-early-touch', 'won deals by what is known of the time before they were opened', [
    leads,
    ['source'],
    winsByEarlyTouch,
  ]),
  of('spend', 'money spent by campaign and currency', [leads, ['source', ...page], spend]),
];

/** What of an ask an answer repeats: by which clock and calendar it counts, and as of when. */
export function settingsOf({ takes }: Report, given: Given, now: string): object {
  const all = {
    at: given.at ?? now,
    zone: given.zone,
    workdays: given.workdays ?? [],
    holidays: given.holidays ?? [],
    days: given.days,
  };
  const taken = Object.entries(all).filter(([name]) => takes.includes(name as ParameterName));
  return taken.length === 0 ? {} : { settings: Object.fromEntries(taken) };
}

/** @returns 404 naming the reports there are */
export function unknownReport(name: string) {
  return refusal('report-unknown', `There is no report '${name}'.`, {
    field: 'name',
    remedy: `Use one of: ${reports.map((known) => known.name).join(', ')}.`,
  });
}

function chosen(
  { dataSet }: Given,
  otherwise: DataSetName,
  among: Record<string, DataSet> = dataSets,
): DataSet {
  const found = among[dataSet ?? otherwise];
  if (found !== undefined) return found;
  throw refusal('data-set-unknown', `This report is not made of ${dataSet ?? otherwise}.`, {
    field: 'dataSet',
    remedy: `Use one of: ${Object.keys(among).join(', ')}.`,
  });
}

function attributeIn({ attribute }: Given): string {
  if (attribute !== undefined) return attribute;
  throw missing('attribute', 'Name the attribute.');
}

function missing(field: string, remedy: string) {
  return refusal('parameter-invalid', `${field} is missing.`, { field, remedy });
}

function quality(database: Queryable, given: Given, ask: Ask): Promise<object> {
  if (given.check === undefined) return dataQuality(database, ask);
  const check = checks.find(({ name }) => name === given.check);
  if (check !== undefined) return findings(database, check, ask);
  throw refusal('parameter-invalid', `There is no check '${given.check}'.`, {
    field: 'check',
    remedy: `Use one of: ${checks.map(({ name }) => name).join(', ')}.`,
  });
}
