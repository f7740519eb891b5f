import {
  leadAccepted,
  leadAssessed,
  leadCaptured,
  leadConverted,
  leadDisqualified,
  leadFollowedUp,
  leadOffered,
  leadOfferExpired,
  leadQualified,
  leadReassigned,
  leadRecycled,
  leadRejected,
  leadReturned,
} from '@throughline/contracts';
import type { Command } from '@throughline/decider';
import type { z } from 'zod';

const { handOff } = leadOffered.schema.shape;
const reason = leadRejected.schema.shape.reason.unwrap().unwrap();

/**
 * What the data of each command must look like, by the command's type: that of the event it leads to, less what
 * the decider adds. The lead is the one in the route. An answer names its hand-off, and a rejection its reason.
 */
export const leadCommands = {
  CaptureLead: leadCaptured.schema.omit({ lead: true }),
  AssessLead: leadAssessed.schema.omit({ lead: true }),
  QualifyLead: leadQualified.schema.omit({ lead: true }),
  OfferLead: leadOffered.schema.omit({ lead: true, clock: true }),
  AcceptLead: leadAccepted.schema.omit({ lead: true }).extend({ handOff }),
  RejectLead: leadRejected.schema.omit({ lead: true }).extend({ handOff, reason }),
  ExpireOffer: leadOfferExpired.schema.omit({ lead: true, answerDue: true }).extend({ handOff }),
  ReassignLead: leadReassigned.schema.omit({ lead: true, from: true }),
  FollowUpLead: leadFollowedUp.schema.omit({ lead: true }),
  RecycleLead: leadRecycled.schema.omit({ lead: true }),
  ReturnLead: leadReturned.schema.omit({ lead: true }),
  DisqualifyLead: leadDisqualified.schema.omit({ lead: true }),
  ConvertLead: leadConverted.schema.omit({ lead: true }),
} as const;

export type LeadCommandType = keyof typeof leadCommands;
type Sent<T extends LeadCommandType> = Readonly<z.output<(typeof leadCommands)[T]>>;

/** A command as its sender says it. */
export type SentLeadCommand = { [T in LeadCommandType]: Command<T, Sent<T>> }[LeadCommandType];

/** What a command needs to know of its own time, since a decider reads no clock. */
interface Timed {
  /** when the answer was found missing; null when undated */
  readonly ExpireOffer: { readonly at: string | null };
}

export type LeadCommandData<T extends LeadCommandType> = Sent<T> &
  (T extends keyof Timed ? Timed[T] : unknown);
/** A command as the decider judges it. */
export type LeadCommand = { [T in LeadCommandType]: Command<T, LeadCommandData<T>> }[LeadCommandType];
