import type { AnyEvent } from './occurrence.projector.ts';

/** Whom and what an event names itself. An identity edge between two of a kind names both. */
export interface Subjects {
  readonly visitor: string | null;
  readonly person: string | null;
  readonly other_person: string | null;
  readonly account: string | null;
  readonly other_account: string | null;
  readonly lead: string | null;
  readonly opportunity: string | null;
  readonly campaign: string | null;
  readonly team: string | null;
  readonly actor: string | null;
}

const nobody: Subjects = {
  ...{ visitor: null, person: null, other_person: null, account: null, other_account: null },
  ...{ lead: null, opportunity: null, campaign: null, team: null, actor: null },
};

export function subjectsOf(event: AnyEvent): Subjects {
  switch (event.name) {
    case 'touch.recorded': {
      const { visitor, person, account, lead, opportunity, campaign, team, actor } = event.data;
      return { ...nobody, visitor, person, account, lead, opportunity, campaign, team, actor };
    }
    case 'touch.withdrawn':
      return { ...nobody, actor: event.data.by };
    case 'identity.linked':
    case 'identity.unlinked':
      return { ...nobody, ...ends(event.data) };
    case 'account.described':
      return { ...nobody, account: event.data.account };
    case 'member.described':
      return { ...nobody, actor: event.data.member, team: event.data.function };
    case 'campaign.spend-recorded':
      return { ...nobody, campaign: event.data.campaign, team: 'marketing' };
    case 'lead.captured': {
      const { lead, person, account, campaign } = event.data;
      return { ...nobody, lead, person, account, campaign, team: 'marketing' };
    }
    case 'lead.assessed':
      return { ...nobody, lead: event.data.lead, team: 'marketing' };
    case 'lead.qualified':
    case 'lead.offered':
    case 'lead.returned':
      return { ...nobody, lead: event.data.lead, actor: event.data.by, team: 'marketing' };
    case 'lead.offer-expired':
      return { ...nobody, lead: event.data.lead, team: 'sales' };
    case 'lead.accepted':
    case 'lead.rejected':
    case 'lead.reassigned':
    case 'lead.followed-up':
    case 'lead.recycled':
    case 'lead.disqualified':
      return { ...nobody, lead: event.data.lead, actor: event.data.by, team: 'sales' };
    case 'lead.converted': {
      const { lead, opportunity, by } = event.data;
      return { ...nobody, lead, opportunity, actor: by, team: 'sales' };
    }
    case 'opportunity.opened': {
      const { opportunity, account, owner } = event.data;
      return { ...nobody, opportunity, account, actor: owner, team: 'sales' };
    }
    case 'opportunity.contact-added':
    case 'opportunity.contact-removed': {
      const { opportunity, person, by } = event.data;
      return { ...nobody, opportunity, person, actor: by, team: 'sales' };
    }
    case 'opportunity.fit-judged':
      return { ...nobody, opportunity: event.data.opportunity, team: 'sales' };
    case 'opportunity.exception-granted':
      return { ...nobody, opportunity: event.data.opportunity, actor: event.data.approver, team: 'sales' };
    case 'opportunity.stage-changed':
    case 'opportunity.amount-changed':
    case 'opportunity.close-date-changed':
    case 'opportunity.owner-changed':
    case 'opportunity.won':
    case 'opportunity.lost':
    case 'opportunity.reopened':
      return { ...nobody, opportunity: event.data.opportunity, actor: event.data.by, team: 'sales' };
    default:
      return event satisfies never;
  }
}

type Edge = Extract<AnyEvent, { name: 'identity.linked' }>['data'];

function ends({ relation, from, to }: Pick<Edge, 'relation' | 'from' | 'to'>): Partial<Subjects> {
  switch (relation) {
    case 'visitor-is-person':
      return { visitor: from, person: to };
    case 'same-person':
      return { person: from, other_person: to };
    case 'person-in-account':
      return { person: from, account: to };
    case 'account-in-parent':
      return { account: from, other_account: to };
    default:
      return relation satisfies never;
  }
}
