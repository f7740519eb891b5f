import type { Account, Campaign } from './company.ts';
import type { SeededRandom } from './random.ts';
import type { Script } from './script.ts';

/** One company's tale: who is on its committee, what brought them here, and the script it is told in. */
export interface Tale {
  readonly account: Account;
  readonly script: Script;
  readonly random: SeededRandom;
  readonly campaign: Campaign;
  readonly seller: string;
  readonly marketer: string;
  readonly people: readonly string[];
  readonly visitor: string;
  readonly lead: string;
  readonly opportunity: string;
}

const roles = ['champion', 'decision-maker', 'technical-buyer', 'economic-buyer', 'influencer'];
export const person = (tale: Tale, index = 0) => tale.people[index] as string;

export function touch(tale: Tale, touchType: string, extra: object = {}): void {
  const { campaign } = tale;
  tale.script.fact('touch.recorded', {
    touchType,
    kind: 'activity',
    team: 'marketing',
    channel: campaign.channel,
    campaign: campaign.id,
    ...extra,
  });
}

export function salesTouch(tale: Tale, touchType: string, who = person(tale)): void {
  tale.script.fact('touch.recorded', {
    touchType,
    kind: 'activity',
    team: 'sales',
    channel: 'direct',
    person: who,
    actor: tale.seller,
  });
}

/** Seen, clicked, read, all without a name: a visitor. */
export function anonymousTime(tale: Tale): void {
  const { script, random, visitor } = tale;
  touch(tale, 'ad-impression', { kind: 'exposure', visitor });
  script.wait({ days: random.between(1, 6), hours: random.between(0, 9) });
  touch(tale, 'ad-click', { visitor, cost: { amount: random.between(80, 420), currency: 'EUR' } });
  for (let page = random.between(1, 4); page > 0; page -= 1) {
    touch(tale, 'page-view', {
      visitor,
      url: `https://www.example.com/${random.pick(['pricing', 'product', 'stories', 'guide'])}`,
    });
    script.wait({ minutes: random.between(1, 30) });
  }
  script.wait({ days: random.between(1, 9) });
}

/** A form gives the visitor a name; the person is of the account. */
export function identified(tale: Tale, index = 0): void {
  const { script, visitor, account } = tale;
  touch(tale, 'content-download', {
    visitor,
    asset: { id: 'sim-asset-guide', title: 'Buying guide', stage: 'consideration' },
  });
  script.fact('identity.linked', {
    relation: 'visitor-is-person',
    from: visitor,
    to: person(tale, index),
    evidence: { method: 'form-submission' },
    traits: { name: `Person ${index + 1} of ${account.name}`, title: roles[index] ?? 'other' },
  });
  script.fact('identity.linked', {
    relation: 'person-in-account',
    from: person(tale, index),
    to: account.id,
    evidence: { method: 'crm' },
  });
}

export function captured(tale: Tale): void {
  const { script, lead, account, campaign } = tale;
  script.lead('capture', lead, {
    person: person(tale),
    account: account.id,
    source: campaign.channel,
    campaign: campaign.id,
    productLine: 'core',
  });
  script.wait({ hours: 3 });
  script.lead('assess', lead, {
    definition: { id: 'sim-lead-definition', version: 1 },
    verdict: 'qualified',
    rules: [
      {
        rule: 'employees at least 100',
        input: { employees: account.employees },
        result: account.employees >= 100,
      },
    ],
    score: 40 + (account.employees % 60),
  });
  script.lead('qualify', lead, { definition: { id: 'sim-lead-definition', version: 1 } });
}

export function offered(tale: Tale, round = 1): string {
  const handOff = `${tale.lead}-hand-off-${round}`;
  tale.script.wait({ hours: tale.random.between(1, 20) });
  tale.script.lead('offer', tale.lead, { handOff, by: tale.marketer, to: tale.seller });
  return handOff;
}

export function accepted(tale: Tale, round = 1): void {
  const { script, lead, seller, random } = tale;
  const handOff = offered(tale, round);
  script.wait({ hours: random.between(1, 20) });
  script.lead('accept', lead, { handOff, by: seller });
  script.wait({ hours: random.between(2, 40) });
  salesTouch(tale, 'call-connected');
  script.lead('follow-up', lead, { touchType: 'call-connected', outcome: 'meeting agreed', by: seller });
  script.wait({ days: random.between(2, 6) });
  salesTouch(tale, 'meeting-held');
}

export function opened(tale: Tale): number {
  const { script, random, opportunity, account, lead, seller, people } = tale;
  const amount = random.between(8, 90) * 100_000;
  script.opportunity('open', opportunity, {
    account: account.id,
    leads: [lead],
    name: `${account.name}, core`,
    amount: { amount, currency: 'EUR' },
    process: { id: 'sim-new-business', version: 1 },
    stage: 'discovery',
    owner: seller,
    productLine: 'core',
    product: random.pick(['Core', 'Core Plus']),
  });
  for (const [index, member] of people.entries()) {
    if (index > 0) identifiedColleague(tale, member);
    script.opportunity('add-contact', opportunity, {
      person: member,
      committeeRole: roles[index] ?? 'other',
    });
  }
  script.wait({ days: random.between(4, 15) });
  script.opportunity('change-stage', opportunity, { to: 'proposal', criteriaMet: ['need confirmed'] });
  salesTouch(tale, 'proposal-sent');
  touch(tale, 'webinar-attended', {
    person: people.at(-1),
    asset: { id: 'sim-asset-webinar', title: 'Live session', stage: 'decision' },
  });
  script.wait({ days: random.between(3, 12) });
  script.opportunity('change-stage', opportunity, { to: 'negotiation' });
  return amount;
}

function identifiedColleague(tale: Tale, member: string): void {
  tale.script.fact('identity.linked', {
    relation: 'person-in-account',
    from: member,
    to: tale.account.id,
    evidence: { method: 'crm' },
  });
  salesTouch(tale, 'visit', member);
}

export function won(tale: Tale): void {
  const amount = opened(tale);
  tale.script.wait({ days: tale.random.between(5, 25) });
  tale.script.opportunity('win', tale.opportunity, {
    amount: { amount, currency: 'EUR' },
    contributors: [tale.marketer, tale.seller],
  });
}
