import type { EventData, EventName } from '@throughline/contracts';
import type { DomainEvent } from '@throughline/decider';

/** The contract's data, less the lead's id: that is the stream's. */
type Told<N extends EventName> = Omit<EventData<N>, 'lead'>;

/** What happened to a lead. */
export type LeadEvent =
  | DomainEvent<'LeadCaptured', Told<'lead.captured'>>
  | DomainEvent<'LeadAssessed', Told<'lead.assessed'>>
  | DomainEvent<'LeadQualified', Told<'lead.qualified'>>
  | DomainEvent<'LeadOffered', Told<'lead.offered'>>
  | DomainEvent<'LeadAccepted', Told<'lead.accepted'>>
  | DomainEvent<'LeadRejected', Told<'lead.rejected'>>
  | DomainEvent<'OfferExpired', Told<'lead.offer-expired'>>
  | DomainEvent<'LeadReassigned', Told<'lead.reassigned'>>
  | DomainEvent<'LeadFollowedUp', Told<'lead.followed-up'>>
  | DomainEvent<'LeadRecycled', Told<'lead.recycled'>>
  | DomainEvent<'LeadReturned', Told<'lead.returned'>>
  | DomainEvent<'LeadDisqualified', Told<'lead.disqualified'>>
  | DomainEvent<'LeadConverted', Told<'lead.converted'>>;
