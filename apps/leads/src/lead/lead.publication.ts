import type { DecisionName, EventData } from '@throughline/contracts';
import { publishAs } from '@throughline/decider';
import type { LeadEvent } from './lead.events.ts';

/** The name of each event in the catalogue. Its key on the log is the stream: the lead's id. */
export const leadPublication = publishAs<LeadEvent, { [N in DecisionName]: EventData<N> }, 'lead'>('lead', {
  LeadCaptured: 'lead.captured',
  LeadAssessed: 'lead.assessed',
  LeadQualified: 'lead.qualified',
  LeadOffered: 'lead.offered',
  LeadAccepted: 'lead.accepted',
  LeadRejected: 'lead.rejected',
  OfferExpired: 'lead.offer-expired',
  LeadReassigned: 'lead.reassigned',
  LeadFollowedUp: 'lead.followed-up',
  LeadRecycled: 'lead.recycled',
  LeadReturned: 'lead.returned',
  LeadDisqualified: 'lead.disqualified',
  LeadConverted: 'lead.converted',
});
