import type { DomainEvent } from '@throughline/decider';
import type { LeadCommandData } from './lead.commands.ts';

/** What happened to a lead, as its own service keeps it; `lead.publication.ts` turns it into the contract. */
export type LeadEvent =
  | DomainEvent<'LeadCaptured', LeadCommandData<'CaptureLead'>>
  | DomainEvent<'LeadAssessed', LeadCommandData<'AssessLead'>>
  | DomainEvent<'LeadQualified', LeadCommandData<'QualifyLead'>>
  | DomainEvent<'LeadOffered', LeadCommandData<'OfferLead'>>
  | DomainEvent<'LeadAccepted', LeadCommandData<'AcceptLead'>>
  | DomainEvent<'LeadRejected', LeadCommandData<'RejectLead'>>
  | DomainEvent<'OfferExpired', { readonly handOff: string }>
  | DomainEvent<'LeadReassigned', LeadCommandData<'ReassignLead'>>
  | DomainEvent<'LeadFollowedUp', LeadCommandData<'FollowUpLead'>>
  | DomainEvent<'LeadRecycled', LeadCommandData<'RecycleLead'>>
  | DomainEvent<'LeadReturned', LeadCommandData<'ReturnLead'>>
  | DomainEvent<'LeadDisqualified', LeadCommandData<'DisqualifyLead'>>
  | DomainEvent<'LeadConverted', LeadCommandData<'ConvertLead'>>;
