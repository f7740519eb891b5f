import type { Ask } from './ask.query.ts';
import { type Clock, localTime, moment } from './clock.query.ts';
import type { Statement } from './statement.query.ts';

/** One way to group or filter a data set: what it means, and its SQL over the set's row `d`. */
export interface Dimension {
  readonly help: string;
  readonly sql: string | ((clock: Clock, statement: Statement) => string);
}

/** What a report counts: one row `d` each, and the closed list of names it can be grouped and filtered by. */
export interface DataSet {
  /** a view of analytics_v1 */
  readonly view: string;
  /** rows that are no view as it stands, as SQL in brackets */
  readonly rows?: (ask: Ask, statement: Statement) => string;
  /** the instant that `from` and `to` filter by, and what it is */
  readonly instant: string;
  readonly dimensions: Readonly<Record<string, Dimension>>;
  /** which rows `d` of the view count at all; every one by default */
  readonly counts?: string;
  /** rows carry an `attributes` map, so `attribute:<name>` is a dimension too */
  readonly attributes: boolean;
  /** rows are of a deal, so `lead:<dimension>` of its first lead is a dimension too */
  readonly deals?: true;
}

export type DataSetName = 'leads' | 'opportunities' | 'touches' | 'hand-offs' | 'accounts' | 'members';

export const column = (sql: string, help: string): Dimension => ({ sql: `d.${sql}`, help });
const WITH_DAY = "in ('instant', 'day')";

/** Month, quarter, week, day, weekday and hour of one instant. What is known to the month only has no day, a day no hour. */
export function times(prefix: string, instant: string, help: string): Record<string, Dimension> {
  const part = (unit: string, format: string, known?: string): Dimension => ({
    help: `${unit} ${help}, in the zone`,
    sql(clock, statement) {
      const text = `to_char(${localTime(moment(instant), clock, statement)}, '${format}')`;
      return known === undefined ? text : `case when ${moment(instant).precision} ${known} then ${text} end`;
    },
  });
  return {
    [`${prefix}month`]: part('year-month', 'YYYY-MM'),
    [`${prefix}quarter`]: part('year and quarter', 'YYYY"Q"Q'),
    [`${prefix}week`]: part('week (ISO 8601)', 'IYYY-"W"IW', WITH_DAY),
    [`${prefix}day`]: part('day', 'YYYY-MM-DD', WITH_DAY),
    [`${prefix}weekday`]: part('day of the week, 1 (Monday) to 7,', 'ID', WITH_DAY),
    [`${prefix}hour`]: part('hour, 00 to 23,', 'HH24', "= 'instant'"),
  };
}

const source = column('source', 'the system that sent the first event (CloudEvents source)');
const industry = column('industry', "the account's industry");
const country = column('country', "the account's country");

export const dataSets: Readonly<Record<DataSetName, DataSet>> = {
  leads: {
    view: 'lead',
    instant: 'captured_at',
    attributes: true,
    dimensions: {
      source,
      channel: column('channel', 'where the lead came from, as captured'),
      campaign: column('campaign', 'campaign at capture'),
      'product-line': column('product_line', 'product line at capture'),
      ...times('', 'captured_at', 'of capture'),
      ...times('won-', 'won_at', 'the deal was won'),
      stage: column('stage', 'current stage'),
      'furthest-stage': column('furthest_stage', 'furthest stage ever reached'),
      won: column('won::text', 'true when a deal from this lead is won'),
      qualifier: column('qualified_by', 'who qualified'),
      'offered-by': column('offered_by', 'who handed over last'),
      'offered-to': column('offered_to', 'to whom it was handed over last'),
      'accepted-by': column('accepted_by', 'who accepted'),
      owner: column('owner', 'current owner'),
      closer: column('closer', 'owner of the won deal'),
      'rejection-reason': column('rejection_reason', 'of the last rejection'),
      'disqualification-reason': column('disqualification_reason', 'why it is out'),
      asset: column(
        'asset',
        'asset of the capturing touch: landing page, content; not known where that touch is withdrawn',
      ),
      account: column('account', 'account: as captured, else by membership'),
      industry,
      country,
    },
  },
  opportunities: {
    view: 'opportunity',
    instant: 'opened_at',
    attributes: true,
    deals: true,
    dimensions: {
      source,
      stage: column('stage', 'last stage; what became of it is the status'),
      status: column('status', 'open, won or lost'),
      owner: column('owner', 'current owner'),
      manager: column('manager', "the owner's manager"),
      office: column('office', "the owner's office"),
      product: column('product', 'product'),
      'product-line': column('product_line', 'product line'),
      account: column('account', 'account'),
      'parent-account': column('parent_account', 'account it belongs to'),
      industry,
      country,
      currency: column('currency', 'currency of the amount'),
      process: column('process', 'stage process'),
      'loss-reason': column('loss_reason', 'why it was lost'),
      ...times('open-', 'opened_at', 'it was opened'),
      ...times('close-', 'closed_at', 'it was won or lost'),
    },
  },
  touches: {
    view: 'touch',
    instant: 'occurred_at',
    counts: 'not d.withdrawn',
    attributes: false,
    dimensions: {
      source,
      kind: column('kind', 'activity (done by) or exposure (done to)'),
      type: column('type', 'what happened'),
      team: column('team', 'marketing or sales'),
      channel: column('channel', 'channel'),
      campaign: column('campaign', 'campaign'),
      asset: column('asset', 'asset: page, content'),
      'asset-stage': column('asset_stage', 'stage the asset is made for'),
      actor: column('actor', 'who of the team did it'),
      ...times('', 'occurred_at', 'it happened'),
      placed: column('placed', 'how far it is known: account, person, visitor or nobody'),
      account: column('placed_account', 'account it is placed in'),
    },
  },
  'hand-offs': {
    view: 'hand_off',
    instant: 'offered_at',
    attributes: false,
    dimensions: {
      source,
      channel: column('channel', "the lead's channel"),
      campaign: column('campaign', "the lead's campaign"),
      'product-line': column('product_line', "the lead's product line"),
      'offered-by': column('offered_by', 'who handed over'),
      'offered-to': column('offered_to', 'to whom'),
      office: column('office', "the receiver's office"),
      answer: column('answer', 'accepted, rejected, expired; null while open'),
      reason: column('reason', 'of a rejection'),
      rule: column('rule_version::text', 'version of the hand-off rule'),
      ...times('', 'offered_at', 'it was handed over'),
    },
  },
  accounts: {
    view: 'account',
    instant: 'described_at',
    attributes: true,
    dimensions: { source, industry, country, 'parent-account': column('parent', 'account it belongs to') },
  },
  members: {
    view: 'member',
    instant: 'described_at',
    attributes: true,
    dimensions: {
      source,
      function: column('function', 'marketing or sales'),
      manager: column('manager', 'manager'),
      office: column('office', 'office'),
    },
  },
};

/** Dimensions of a deal that stay as they were when it was opened; the others are those of now. */
export function lasting(): Record<string, Dimension> {
  const kept = [
    'source',
    'product',
    'product-line',
    'account',
    'parent-account',
    'industry',
    'country',
    'process',
  ];
  return Object.fromEntries(
    Object.entries(dataSets.opportunities.dimensions).filter(
      ([name]) => kept.includes(name) || name.startsWith('open-'),
    ),
  );
}
