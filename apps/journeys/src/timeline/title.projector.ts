import { inWhole } from '@throughline/contracts';
import type { AnyEvent } from './occurrence.projector.ts';

/** What happened in a few words, for a list. Built from labels and ids only: free text and names stay in data. */
export function titleOf(event: AnyEvent): string {
  return [headline(event), ...details(event)].filter((part) => part !== null && part !== '').join(' · ');
}

function headline(event: AnyEvent): string {
  return event.name === 'touch.recorded' ? words(event.data.touchType) : words(event.name.replace('.', ' '));
}

function details(event: AnyEvent): readonly (string | null)[] {
  switch (event.name) {
    case 'touch.recorded':
      return [event.data.asset?.title ?? event.data.asset?.id ?? null, event.data.channel];
    case 'touch.withdrawn':
      return [event.data.touch, event.data.reason];
    case 'identity.linked':
    case 'identity.unlinked':
      return [words(event.data.relation), `${event.data.from} → ${event.data.to}`];
    case 'campaign.spend-recorded':
      return [event.data.campaign, money(event.data.amount)];
    case 'lead.captured':
      return [event.data.source, event.data.productLine];
    case 'lead.assessed':
    case 'opportunity.fit-judged':
      return [event.data.verdict];
    case 'lead.offered':
    case 'lead.reassigned':
      return [event.data.to];
    case 'lead.rejected':
    case 'lead.recycled':
    case 'lead.disqualified':
    case 'lead.returned':
    case 'opportunity.lost':
    case 'opportunity.reopened':
      return [event.data.reason];
    case 'lead.followed-up':
      return [words(event.data.touchType), event.data.outcome];
    case 'lead.converted':
      return [event.data.opportunity];
    case 'opportunity.opened':
      return [event.data.product ?? event.data.productLine, event.data.stage, money(event.data.amount)];
    case 'opportunity.stage-changed':
      return [`${event.data.from ?? '?'} → ${event.data.to}`];
    case 'opportunity.amount-changed':
      return [money(event.data.to)];
    case 'opportunity.close-date-changed':
    case 'opportunity.owner-changed':
      return [event.data.to];
    case 'opportunity.contact-added':
    case 'opportunity.contact-removed':
      return [event.data.committeeRole];
    case 'opportunity.won':
      return [money(event.data.amount)];
    default:
      return [];
  }
}

/** As people write it; minor units as they are where nobody knows how many make a whole. */
function money(given: { readonly amount: number; readonly currency: string | null } | null): string | null {
  if (given === null) return null;
  const { amount, currency } = given;
  const whole = inWhole(BigInt(amount), currency);
  return whole === null
    ? `${amount} minor units of ${currency ?? 'an unknown currency'}`
    : `${whole} ${currency ?? ''}`;
}

function words(name: string): string {
  const text = name.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
