import { campaigns, type Account, type Campaign } from './company.ts';
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

/** What marketing does, by the tale's own campaign unless told. */
export function touch(
  tale: Tale,
  touchType: string,
  extra: object = {},
  campaign: Campaign | undefined = tale.campaign,
): void {
  tale.script.fact('touch.recorded', {
    touchType,
    kind: 'activity',
    team: 'marketing',
    channel: campaign.channel,
    campaign: campaign.id,
    ...extra,
  });
}

const campaignOf = (channel: Campaign['channel']) => campaigns.find((it) => it.channel === channel);

/** They come by themselves: no campaign brought them. */
function visited(tale: Tale, channel: 'direct' | 'organic_search', page: string, who: object): void {
  const url = `https://www.example.com/${page}`;
  touch(tale, 'page-view', { ...who, channel, campaign: null, url });
}

/** By what sales reached them. */
const ways: Readonly<Record<string, string>> = { 'call-connected': 'phone', 'proposal-sent': 'email' };

/** The last touch never was: it was told wrongly. */
export function withdrawn({ script, marketer }: Tale, reason: string): void {
  script.wait({ minutes: 20 }).fact('touch.withdrawn', { touch: script.lastId, reason, by: marketer });
}

export function salesTouch(tale: Tale, touchType: string, who = person(tale)): void {
  tale.script.fact('touch.recorded', {
    touchType,
    kind: 'activity',
    team: 'sales',
    channel: ways[touchType] ?? 'meeting',
    person: who,
    actor: tale.seller,
  });
}

/** Seen, clicked, read, all without a name: a visitor. */
export function anonymousTime(tale: Tale): void {
  const { script, random, visitor, campaign } = tale;
  const isAd = campaign.begins === 'ad-click';
  if (isAd) touch(tale, 'ad-impression', { kind: 'exposure', visitor });
  script.wait({ days: random.between(1, 6), hours: random.between(0, 9) });
  const cost = { amount: random.between(80, 420), currency: 'EUR' };
  touch(tale, campaign.begins, { visitor, ...(isAd ? { cost } : {}) });
  for (let page = random.between(1, 4); page > 0; page -= 1) {
    const channel = page % 2 === 0 ? 'direct' : 'organic_search';
    visited(tale, channel, random.pick(['pricing', 'product', 'stories', 'guide']), { visitor });
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
  if (random.next() < 0.6) webinarAttended(tale);
  script.wait({ days: random.between(3, 12) });
  script.opportunity('change-stage', opportunity, { to: 'negotiation' });
  return amount;
}

function webinarAttended(tale: Tale): void {
  const asset = { id: 'sim-asset-webinar', title: 'Live session', stage: 'decision' };
  const who = { person: tale.people.at(-1), actor: tale.marketer };
  touch(tale, 'webinar-attended', { ...who, asset }, campaignOf('webinar'));
}

function identifiedColleague(tale: Tale, member: string): void {
  tale.script.fact('identity.linked', {
    relation: 'person-in-account',
    from: member,
    to: tale.account.id,
    evidence: { method: 'crm' },
  });
  if (tale.random.next() < 0.5) touch(tale, 'trade-show', { person: member }, campaignOf('trade_show'));
  salesTouch(tale, 'visit', member);
}

export function won(tale: Tale): void {
  const amount = opened(tale);
  tale.script.wait({ days: tale.random.between(2, 10) });
  if (tale.random.next() < 0.5) visited(tale, 'direct', 'pricing', { person: person(tale) });
  tale.script.wait({ days: tale.random.between(3, 15) });
  tale.script.opportunity('win', tale.opportunity, {
    amount: { amount, currency: 'EUR' },
    contributors: [tale.marketer, tale.seller],
  });
}

/** A customer of old: no lead, and no touch that anybody kept. */
export function renewed({ script, random, account, seller, opportunity }: Tale): void {
  const amount = { amount: random.between(8, 40) * 100_000, currency: 'EUR' };
  script.opportunity('open', opportunity, {
    ...{ account: account.id, leads: [], name: `${account.name}, renewal`, amount },
    ...{ process: { id: 'sim-renewal', version: 1 }, stage: 'proposal', owner: seller },
    ...{ productLine: 'core', product: 'Core' },
  });
  script.wait({ days: random.between(10, 20) }).opportunity('win', opportunity, { amount });
}
