import type { z } from 'zod';
import * as attribution from './attribution.ts';
import * as committee from './buying-committee.ts';
import * as campaigns from './campaigns.ts';
import { creditSnapshotTaken } from './credit-snapshots.ts';
import type { EventDefinition } from './definition.ts';
import { exchangeRateSet, exchangeRateWithdrawn } from './exchange-rates.ts';
import * as identities from './identities.ts';
import * as leads from './leads.ts';
import * as opportunities from './opportunities.ts';
import { touchRecorded, touchWithdrawn } from './touches.ts';

const definitions = [
  touchRecorded,
  touchWithdrawn,
  identities.identityLinked,
  identities.identityUnlinked,
  identities.accountDescribed,
  identities.memberDescribed,
  campaigns.campaignSpendRecorded,
  leads.leadCaptured,
  leads.leadAssessed,
  leads.leadQualified,
  leads.leadOffered,
  leads.leadAccepted,
  leads.leadRejected,
  leads.leadOfferExpired,
  leads.leadReassigned,
  leads.leadFollowedUp,
  leads.leadRecycled,
  leads.leadReturned,
  leads.leadDisqualified,
  leads.leadConverted,
  opportunities.opportunityOpened,
  opportunities.opportunityStageChanged,
  opportunities.opportunityAmountChanged,
  opportunities.opportunityCloseDateChanged,
  opportunities.opportunityOwnerChanged,
  committee.opportunityContactAdded,
  committee.opportunityContactRemoved,
  opportunities.opportunityFitJudged,
  opportunities.opportunityExceptionGranted,
  opportunities.opportunityWon,
  opportunities.opportunityLost,
  opportunities.opportunityReopened,
  attribution.attributionModelDefined,
  attribution.creditAssigned,
  attribution.creditRevised,
  attribution.creditContinued,
  creditSnapshotTaken,
  exchangeRateSet,
  exchangeRateWithdrawn,
] as const;

type Definition = (typeof definitions)[number];
type Named<N> = Extract<Definition, { readonly name: N }>;

export type EventName = Definition['name'];
export type FactName = Extract<Definition, { readonly kind: 'fact' }>['name'];
export type DecisionName = Extract<Definition, { readonly kind: 'decision' }>['name'];
/** The data of an event as read: every optional field is there, null when unknown. */
export type EventData<N extends EventName = EventName> = Readonly<z.output<Named<N>['schema']>>;
/** The data of an event as an emitter may send it: optional fields may be left out. */
export type EventInput<N extends EventName = EventName> = Readonly<z.input<Named<N>['schema']>>;
export type CatalogueEntry = EventDefinition<EventName>;

/** Every event that a service of this repository writes. */
export const catalogue: readonly CatalogueEntry[] = definitions;

const byName = new Map(catalogue.map((entry) => [entry.name as string, entry]));
const byType = new Map(catalogue.map((entry) => [entry.type, entry]));

export function isEventName(name: string): name is EventName {
  return byName.has(name);
}

export function definition(name: EventName): CatalogueEntry {
  const found = byName.get(name);
  if (!found) throw new RangeError(`no event ${name} in the catalogue`);
  return found;
}

/** @param type a CloudEvents type, `throughline.<name>.v<n>` */
export function definitionOfType(type: string): CatalogueEntry | undefined {
  return byType.get(type);
}
