import type { JourneyEvent } from '@throughline/contracts';
import type { StateTable } from '@throughline/projection';
import { type AnyEvent, anyOf } from '../timeline/occurrence.projector.ts';
import { type MilestoneColumns, milestoneColumns, noMilestones, reach } from './milestone.projector.ts';

/** The way to a deal; nurturing and disqualified are places to be in, never further ones. */
const way = ['captured', 'qualified', 'offered', 'accepted', 'working', 'converted'];

/** A type, not an interface, so that it is a Row. */
export type LeadRow = MilestoneColumns & {
  readonly lead: string;
  readonly source: string;
  readonly version: number;
  readonly channel: string | null;
  readonly campaign: string | null;
  readonly product_line: string | null;
  readonly person: string | null;
  readonly captured_account: string | null;
  readonly touch: string | null;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly stage: string;
  readonly furthest_stage: string;
  readonly definition: string | null;
  readonly qualified_by: string | null;
  readonly offered_by: string | null;
  readonly offered_to: string | null;
  readonly accepted_by: string | null;
  readonly owner: string | null;
  readonly rejection_reason: string | null;
  readonly disqualification_reason: string | null;
  readonly opportunity: string | null;
};

/** One row per lead: who and where from, where it is, how far it came, and when it reached each milestone. */
export const leadTable: StateTable<LeadRow> = {
  kind: 'state',
  name: 'lead',
  columns: {
    lead: 'text not null',
    source: 'text not null',
    version: 'int not null',
    channel: 'text',
    campaign: 'text',
    product_line: 'text',
    person: 'text',
    captured_account: 'text',
    touch: 'text',
    attributes: 'jsonb not null',
    stage: 'text not null',
    furthest_stage: 'text not null',
    definition: 'text',
    qualified_by: 'text',
    offered_by: 'text',
    offered_to: 'text',
    accepted_by: 'text',
    owner: 'text',
    rejection_reason: 'text',
    disqualification_reason: 'text',
    opportunity: 'text',
    ...milestoneColumns,
  },
  primaryKey: 'lead',
  keyOf: (event) => (event.name.startsWith('lead.') ? event.key : null),
  evolve(row, given) {
    const event = anyOf(given);
    const before = reach(row ?? newLead(given), given);
    return { ...change(before, event), version: given.stream?.version ?? before.version };
  },
};

function change(row: LeadRow, event: AnyEvent): LeadRow {
  switch (event.name) {
    case 'lead.captured': {
      const { person, account, source, campaign, touch, productLine, attributes } = event.data;
      const who = { person, captured_account: account, channel: source, campaign, touch };
      return {
        ...row,
        ...who,
        product_line: productLine,
        attributes: attributes ?? {},
        source: event.source,
      };
    }
    case 'lead.qualified':
      return at(row, 'qualified', {
        qualified_by: event.data.by,
        definition: event.data.definition?.id ?? null,
      });
    case 'lead.offered':
      return at(row, 'offered', { offered_by: event.data.by, offered_to: event.data.to });
    case 'lead.accepted':
      return answered(row, 'accepted', {
        accepted_by: event.data.by,
        owner: event.data.by ?? row.offered_to ?? row.owner,
      });
    case 'lead.rejected':
      return answered(row, fallback(row), { rejection_reason: event.data.reason });
    case 'lead.offer-expired':
      return answered(row, fallback(row), {});
    case 'lead.reassigned':
      return { ...row, owner: event.data.to };
    case 'lead.followed-up':
      return row.stage === 'accepted' ? at(row, 'working', {}) : row;
    case 'lead.recycled':
      return { ...row, stage: 'nurturing' };
    case 'lead.returned':
      return at(row, fallback(row), {});
    case 'lead.disqualified':
      return { ...row, stage: 'disqualified', disqualification_reason: event.data.reason };
    case 'lead.converted':
      return at(row, 'converted', { opportunity: event.data.opportunity });
    default:
      return row;
  }
}

/** A converted lead stays converted when its open offer gets its answer. */
function answered(row: LeadRow, stage: string, fields: Partial<LeadRow>): LeadRow {
  return row.stage === 'converted' ? { ...row, ...fields } : at(row, stage, fields);
}

function at(row: LeadRow, stage: string, fields: Partial<LeadRow>): LeadRow {
  const further = way.indexOf(stage) > way.indexOf(row.furthest_stage);
  return { ...row, ...fields, stage, furthest_stage: further ? stage : row.furthest_stage };
}

function fallback(row: LeadRow): string {
  return row.qualified_count > 0 ? 'qualified' : 'captured';
}

function newLead(event: JourneyEvent): LeadRow {
  return {
    ...{ lead: event.key, source: event.source, version: 0, stage: 'captured', furthest_stage: 'captured' },
    ...{
      channel: null,
      campaign: null,
      product_line: null,
      person: null,
      captured_account: null,
      touch: null,
    },
    ...{ attributes: {}, definition: null, qualified_by: null, offered_by: null, offered_to: null },
    ...{ accepted_by: null, owner: null, rejection_reason: null, disqualification_reason: null },
    opportunity: null,
    ...noMilestones,
  };
}
