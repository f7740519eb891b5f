import type { Queryable } from '@throughline/postgres';
import { refusal } from '../journeys.error.ts';
import type { ReportName } from './answers.ts';
import { type Ask, type AskParameters, readAsk } from './ask.query.ts';
import { blanks } from './blanks.query.ts';
import { checks } from './checks.table.ts';
import { dataQuality, findings } from './data-quality.query.ts';
import { type DataSetName, dataSets } from './dimensions.table.ts';
import { distinctValues } from './distinct.query.ts';
import { funnel } from './funnel.query.ts';
import { handOffs } from './hand-offs.query.ts';
import { inferredFields } from './inferred.query.ts';
import { accounts, members } from './members.query.ts';
import { opportunities, wins } from './opportunities.query.ts';
import { spread } from './spread.query.ts';
import { attributeTotal } from './totals.query.ts';
import { spend, touches, winsByEarlyTouch } from './touches.query.ts';

/** What a report is run with: the parameters as given, and now as the door read it. */
export interface Question {
  readonly given: AskParameters;
  readonly now: string;
}

export interface Report {
  readonly name: ReportName;
  readonly help: string;
  /** the data sets whose dimensions it takes; empty when it is not grouped */
  readonly sets: readonly DataSetName[];
  /** parameters it reads besides group, source, from, to, only, blank, limit and cursor */
  readonly takes: readonly (keyof AskParameters)[];
  run(database: Queryable, question: Question): Promise<object>;
}

const every = Object.keys(dataSets) as DataSetName[];
const withAttributes = every.filter((name) => dataSets[name].attributes);

export const reports: readonly Report[] = [
  grouped('funnel', 'leads', 'how far leads came, won deals, rates and days from capture to won', funnel),
  grouped(
    'opportunities',
    'opportunities',
    'deals open, won and lost, win rate, won value and days to close',
    opportunities,
  ),
  grouped('won-by-month', 'opportunities', 'won deals and their value by month of winning', wins, {
    group: ['close-month'],
    only: [{ dimension: 'status', value: 'won' }],
  }),
  {
    ...grouped(
      'hand-offs',
      'hand-offs',
      'offered = accepted + rejected + expired + open, and touched or ignored',
      handOffs,
    ),
    takes: ['at'],
    run: (database, { given, now }) =>
      handOffs(database, readAsk(given, dataSets['hand-offs']), given.at ?? now),
  },
  grouped(
    'touches',
    'touches',
    'touches with exposures and activities apart, and whom they reached',
    touches,
  ),
  grouped('members', 'members', 'members of the revenue team, and how many own no opportunity', members),
  grouped('accounts', 'accounts', 'accounts described, and how many have a parent', accounts),
  {
    ...ungrouped('distinct', 'different values of a dimension or combination, given as group'),
    sets: every,
    takes: ['dataSet', 'group'],
    run(database, { given }) {
      const set = chosen(given, 'leads');
      const ask = readAsk(given, set);
      if (ask.group.length > 0) return distinctValues(database, set, ask);
      throw refusal('parameter-invalid', 'group is missing.', {
        field: 'group',
        remedy: 'Name what to count.',
      });
    },
  },
  {
    ...ungrouped('blanks', 'filled and blank rows of every field and attribute'),
    sets: every,
    takes: ['dataSet'],
    run: (database, { given }) => {
      const set = chosen(given, 'leads');
      return blanks(database, set, readAsk(given, set));
    },
  },
  {
    ...ungrouped('attribute-total', 'sum and spread of an attribute that holds numbers'),
    sets: withAttributes,
    takes: ['dataSet', 'attribute'],
    run(database, { given }) {
      const set = chosen(given, 'opportunities', withAttributes);
      if (given.attribute !== undefined)
        return attributeTotal(database, set, given.attribute, readAsk(given, set));
      throw refusal('parameter-invalid', 'attribute is missing.', {
        field: 'attribute',
        remedy: 'Name the attribute.',
      });
    },
  },
  bySource('spread', 'first and last of every kind of date, and how many are undated', spread),
  {
    ...bySource('data-quality', 'defects of the data, counted; with check=<name> their rows', dataQuality),
    takes: ['check'],
    run: (database, { given }) => quality(database, given),
  },
  bySource('inferred', 'fields that an importer concluded, by event', inferredFields),
  bySource(
    'wins-by-early-touch',
    'won deals by what is known of the time before they were opened',
    winsByEarlyTouch,
  ),
  bySource('spend', 'money spent by campaign and currency', spend),
];

/** @throws ProblemError naming the reports there are */
export function reportNamed(name: string): Report {
  const report = reports.find((known) => known.name === name);
  if (report !== undefined) return report;
  throw refusal('report-unknown', `There is no report '${name}'.`, {
    field: 'name',
    remedy: `Use one of: ${reports.map((known) => known.name).join(', ')}.`,
  });
}

type Run = (database: Queryable, ask: Ask) => Promise<object>;

function grouped(
  name: ReportName,
  set: DataSetName,
  help: string,
  run: Run | typeof handOffs,
  defaults: Partial<Ask> = {},
): Report {
  const ask = run as Run;
  return {
    ...{ name, help, sets: [set], takes: [] },
    run: (database, { given }) => ask(database, readAsk(given, dataSets[set], defaults)),
  };
}

function ungrouped(name: ReportName, help: string): Omit<Report, 'run'> {
  return { name, help, sets: [], takes: [] };
}

function bySource(name: ReportName, help: string, run: Run): Report {
  return {
    ...ungrouped(name, help),
    run: (database, { given }) => run(database, readAsk(given, dataSets.leads)),
  };
}

function chosen({ dataSet }: AskParameters, otherwise: DataSetName, among: readonly DataSetName[] = every) {
  const name = dataSet ?? otherwise;
  if (among.includes(name)) return dataSets[name];
  throw refusal('data-set-unknown', `This report is not made of ${name}.`, {
    field: 'dataSet',
    remedy: `Use one of: ${among.join(', ')}.`,
  });
}

function quality(database: Queryable, given: AskParameters): Promise<object> {
  const ask = readAsk(given, dataSets.leads);
  if (given.check === undefined) return dataQuality(database, ask);
  const check = checks.find(({ name }) => name === given.check);
  if (check !== undefined) return findings(database, check, ask);
  throw refusal('parameter-invalid', `There is no check '${given.check}'.`, {
    field: 'check',
    remedy: `Use one of: ${checks.map(({ name }) => name).join(', ')}.`,
  });
}
