/** One way to group or filter a data set: what it means, and its SQL over the set's row `d`. */
export interface Dimension {
  readonly help: string;
  readonly sql: string;
}

/** What a report counts: one view row each, and the closed list of names it can be grouped and filtered by. */
export interface DataSet {
  readonly view: string;
  /** the instant that `from` and `to` filter by */
  readonly instant: string;
  readonly dimensions: Readonly<Record<string, Dimension>>;
  /** which rows `d` of the view count at all; every one unless told */
  readonly counts?: string;
  /** rows carry an `attributes` map, so `attribute:<name>` is a dimension too */
  readonly attributes: boolean;
}

export type DataSetName = 'leads' | 'opportunities' | 'touches' | 'hand-offs' | 'accounts' | 'members';

const column = (sql: string, help: string): Dimension => ({ sql: `d.${sql}`, help });
const month = (instant: string, help: string): Dimension => calendar(instant, 'YYYY-MM', 'year-month', help);
const quarter = (instant: string, help: string): Dimension =>
  calendar(instant, 'YYYY"Q"Q', 'year and quarter', help);
/** A time known to the month only has no day. */
const day = (instant: string, help: string): Dimension => {
  const { sql, help: unit } = calendar(instant, 'YYYY-MM-DD', 'day', help);
  const precision = `d.${instant.replace(/_at$/, '_precision')}`;
  return { sql: `case when ${precision} in ('instant', 'day') then ${sql} end`, help: unit };
};

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
      month: month('captured_at', 'of capture'),
      quarter: quarter('captured_at', 'of capture'),
      day: day('captured_at', 'of capture'),
      'won-month': month('won_at', 'the deal was won'),
      'won-quarter': quarter('won_at', 'the deal was won'),
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
      'open-month': month('opened_at', 'it was opened'),
      'open-quarter': quarter('opened_at', 'it was opened'),
      'close-month': month('closed_at', 'it was won or lost'),
      'close-quarter': quarter('closed_at', 'it was won or lost'),
      day: day('closed_at', 'it was won or lost'),
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
      month: month('occurred_at', 'it happened'),
      quarter: quarter('occurred_at', 'it happened'),
      day: day('occurred_at', 'it happened'),
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
      month: month('offered_at', 'it was handed over'),
      quarter: quarter('offered_at', 'it was handed over'),
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

function calendar(instant: string, format: string, unit: string, help: string): Dimension {
  return { sql: `to_char(d.${instant} at time zone 'UTC', '${format}')`, help: `${unit} ${help}, in UTC` };
}
