/** A defect that data can have, as a condition on rows `d` of a view. */
export interface QualityCheck {
  readonly name: string;
  readonly help: string;
  readonly from: string;
  readonly where: string;
  readonly id: string;
  /** columns shown beside the id when its rows are listed */
  readonly shows: readonly string[];
}

const lead = { from: 'analytics_v1.lead', id: 'd.lead' };
const opportunity = { from: 'analytics_v1.opportunity', id: 'd.opportunity' };
/** Withdrawn touches never were, so nothing is wrong with them. */
const touch = { from: '(select * from analytics_v1.touch where not withdrawn)', id: 'd.event_id' };
const owned =
  'd.owner is not null and not exists (select 1 from analytics_v1.member m where m.member = d.owner)';

export const checks: readonly QualityCheck[] = [
  {
    name: 'won-before-first-contact',
    help: 'leads whose deal was won on a day before they were captured',
    ...{ ...lead, where: 'd.days_to_won < 0', shows: ['captured_at', 'won_at', 'days_to_won'] },
  },
  {
    name: 'won-on-contact-day',
    help: 'leads whose deal was won on the day they were captured',
    ...{ ...lead, where: 'd.days_to_won = 0', shows: ['captured_at', 'won_at'] },
  },
  {
    name: 'channel-blank',
    help: 'leads without a channel; not the same as a channel called unknown',
    ...{ ...lead, where: 'd.channel is null', shows: ['captured_at'] },
  },
  {
    name: 'channel-called-unknown',
    help: 'leads whose source calls the channel unknown',
    ...{ ...lead, where: "d.channel = 'unknown'", shows: ['captured_at'] },
  },
  {
    name: 'lead-undated',
    help: 'leads without a capture time',
    ...{ ...lead, where: 'd.captured_at is null', shows: ['channel'] },
  },
  {
    name: 'lead-without-person',
    help: 'leads that name nobody',
    ...{ ...lead, where: 'd.person is null', shows: ['channel', 'captured_at'] },
  },
  {
    name: 'qualifier-is-closer',
    help: 'leads handed over or qualified by the member who owns the won deal',
    ...{ ...lead, where: 'd.closer = coalesce(d.offered_by, d.qualified_by)', shows: ['closer'] },
  },
  {
    name: 'opportunity-undated',
    help: 'opportunities without an opening time',
    ...{ ...opportunity, where: 'd.opened_at is null', shows: ['stage', 'status'] },
  },
  {
    name: 'opportunity-opening-inferred',
    help: 'opportunities whose opening time an importer concluded',
    ...{ ...opportunity, where: 'd.opened_inferred', shows: ['opened_at'] },
  },
  {
    name: 'closed-before-opened',
    help: 'opportunities closed on a day before they were opened',
    ...{ ...opportunity, where: 'd.days_to_close < 0', shows: ['opened_at', 'closed_at'] },
  },
  {
    name: 'closed-undated',
    help: 'won or lost opportunities without a time',
    ...{ ...opportunity, where: "d.status <> 'open' and d.closed_at is null", shows: ['status'] },
  },
  {
    name: 'won-without-amount',
    help: 'won opportunities of unknown worth',
    ...{ ...opportunity, where: "d.status = 'won' and d.won_amount is null", shows: ['won_at'] },
  },
  {
    name: 'account-blank',
    help: 'opportunities without an account (group the report opportunities by stage, with blank=account)',
    ...{ ...opportunity, where: 'd.account is null', shows: ['stage', 'status'] },
  },
  {
    name: 'account-not-described',
    help: 'opportunities of an account that nobody described',
    ...opportunity,
    where:
      'd.account is not null and not exists (select 1 from analytics_v1.account a where a.account = d.account)',
    shows: ['account'],
  },
  {
    name: 'owner-not-described',
    help: 'opportunities of an owner that nobody described',
    ...{ ...opportunity, where: owned, shows: ['owner'] },
  },
  {
    name: 'product-not-as-written',
    help: 'opportunities whose product was concluded, since the source writes it otherwise than the catalogue',
    from: 'analytics_v1.timeline_entry',
    where: "d.name = 'opportunity.opened' and (d.inferred ? 'product' or d.inferred ? 'productLine')",
    ...{ id: 'd.opportunity', shows: ['title', 'inferred'] },
  },
  {
    name: 'value-inferred',
    help: 'events with a field or a time that an importer concluded (the report inferred says which)',
    from: 'analytics_v1.timeline_entry',
    where: "d.inferred <> '[]'::jsonb",
    ...{ id: 'd.event_id', shows: ['name', 'inferred'] },
  },
  {
    name: 'event-undated',
    help: 'events without a time',
    from: 'analytics_v1.timeline_entry',
    where: 'd.occurred_at is null',
    ...{ id: 'd.event_id', shows: ['name'] },
  },
  {
    name: 'conflict',
    help: 'repeats whose content differs from the event that stands',
    from: '(select r.*, e.source, e.name from journeys_read.repeat r left join journeys_read.standing e on e.event_id = r.standing)',
    where: 'd.conflict',
    ...{ id: 'd.event_id', shows: ['standing', 'name', 'source'] },
  },
  {
    name: 'member-without-opportunity',
    help: 'members who own no opportunity',
    from: 'analytics_v1.member',
    where: 'd.opportunities = 0',
    ...{ id: 'd.member', shows: ['manager', 'office'] },
  },
  {
    name: 'account-with-parent',
    help: 'accounts that belong to another; no defect, but their sums can be counted twice',
    from: 'analytics_v1.account',
    where: 'd.parent is not null',
    ...{ id: 'd.account', shows: ['parent'] },
  },
  {
    name: 'touch-of-nobody',
    help: 'touches that name neither visitor, person nor account',
    ...{ ...touch, where: "d.placed = 'nobody'", shows: ['type', 'channel'] },
  },
  {
    name: 'touch-without-account',
    help: 'touches that no account is known for yet',
    ...{ ...touch, where: 'd.placed_account is null', shows: ['type', 'channel', 'placed'] },
  },
  {
    name: 'touch-withdrawn',
    help: 'touches that were withdrawn; reports of touches leave them out',
    from: 'analytics_v1.touch',
    where: 'd.withdrawn',
    ...{ id: 'd.event_id', shows: ['source_id', 'type', 'channel'] },
  },
  {
    name: 'withdrawal-of-no-touch',
    help: 'withdrawals of touches that nobody recorded, or not yet; check the id and the source that they name',
    from: 'analytics_v1.touch_withdrawal',
    where: 'not exists (select 1 from analytics_v1.touch t where t.event_id = d.touch)',
    ...{ id: 'd.event_id', shows: ['touch', 'reason'] },
  },
  {
    name: 'lead-of-opportunity-unknown',
    help: 'opportunities that name a lead which nobody captured; send the lead, or check its id',
    from: 'analytics_v1.lead_opportunity',
    where: 'not exists (select 1 from analytics_v1.lead l where l.lead = d.lead)',
    ...{ id: 'd.opportunity', shows: ['lead'] },
  },
  {
    name: 'opportunity-of-lead-unknown',
    help: 'leads converted to an opportunity which nobody opened',
    from: 'analytics_v1.lead_opportunity',
    where: 'not exists (select 1 from analytics_v1.opportunity o where o.opportunity = d.opportunity)',
    ...{ id: 'd.lead', shows: ['opportunity'] },
  },
  {
    name: 'lead-never-captured',
    help: 'leads with decisions but without a capture',
    ...{ ...lead, where: 'd.captured_count = 0', shows: ['stage'] },
  },
  {
    name: 'lead-of-touch-unknown',
    help: 'touches that name a lead which nobody captured',
    ...touch,
    where: 'd.lead is not null and not exists (select 1 from analytics_v1.lead l where l.lead = d.lead)',
    shows: ['lead', 'type'],
  },
  {
    name: 'opportunity-of-touch-unknown',
    help: 'touches that name an opportunity which nobody opened',
    ...touch,
    where:
      'd.opportunity is not null and not exists (select 1 from analytics_v1.opportunity o where o.opportunity = d.opportunity)',
    shows: ['opportunity', 'type'],
  },
  {
    name: 'touch-of-lead-unknown',
    help: 'leads that name a capturing touch which nobody recorded, or not from the same source',
    ...lead,
    where: `d.touch is not null and not exists (select 1 from analytics_v1.touch t
                    where t.source_id = d.touch and t.source = d.source or t.event_id::text = d.touch)`,
    shows: ['touch'],
  },
];
