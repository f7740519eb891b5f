import { accounts, campaigns, marketers, sellers, type Account, type Campaign } from './company.ts';
import { SeededRandom } from './random.ts';
import { Script } from './script.ts';

/** One company's tale: who is on its committee, what brought them here, and the script it is told in. */
interface Tale {
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

type Story = (tale: Tale) => void;

const roles = ['champion', 'decision-maker', 'technical-buyer', 'economic-buyer', 'influencer'];
const person = (tale: Tale, index = 0) => tale.people[index] as string;

function touch(tale: Tale, touchType: string, extra: object = {}): void {
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

function salesTouch(tale: Tale, touchType: string, who = person(tale)): void {
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
function anonymousTime(tale: Tale): void {
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
function identified(tale: Tale, index = 0): void {
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

function captured(tale: Tale): void {
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

function offered(tale: Tale, round = 1): string {
  const handOff = `${tale.lead}-hand-off-${round}`;
  tale.script.wait({ hours: tale.random.between(1, 20) });
  tale.script.lead('offer', tale.lead, { handOff, by: tale.marketer, to: tale.seller });
  return handOff;
}

function accepted(tale: Tale, round = 1): void {
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

function opened(tale: Tale): number {
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

function won(tale: Tale): void {
  const amount = opened(tale);
  tale.script.wait({ days: tale.random.between(5, 25) });
  tale.script.opportunity('win', tale.opportunity, {
    amount: { amount, currency: 'EUR' },
    contributors: [tale.marketer, tale.seller],
  });
}

const start: Story = (tale) => {
  anonymousTime(tale);
  identified(tale);
  captured(tale);
};

/** The stories that the accounts live through in turn; the comment of each is its plot. */
export const stories: Readonly<Record<string, Story>> = {
  won: (tale) => (start(tale), accepted(tale), won(tale)),
  lost: (tale) => {
    start(tale);
    accepted(tale);
    opened(tale);
    tale.script.wait({ days: 9 }).opportunity('lose', tale.opportunity, {
      reason: tale.random.pick(['price', 'no decision', 'competitor']),
    });
  },
  open: (tale) => (start(tale), accepted(tale), void opened(tale)),
  rejectedThenWon: (tale) => {
    start(tale);
    const handOff = offered(tale);
    tale.script.wait({ hours: 6 }).lead('reject', tale.lead, {
      handOff,
      by: tale.seller,
      reason: 'no budget',
      note: 'Ask again next quarter.',
    });
    tale.script.lead('recycle', tale.lead, { reason: 'no budget', by: tale.seller });
    tale.script.wait({ days: 30 });
    touch(tale, 'email-clicked', { person: person(tale) });
    tale.script.lead('return', tale.lead, { reason: 'asked for a demo', by: tale.marketer });
    accepted(tale, 2);
    won(tale);
  },
  expired: (tale) => {
    start(tale);
    const handOff = offered(tale);
    tale.script.wait({ hours: 26 }).lead('expire-offer', tale.lead, { handOff });
  },
  waiting: (tale) => (start(tale), void offered(tale)),
  disqualified: (tale) => {
    start(tale);
    tale.script
      .wait({ days: 1 })
      .lead('disqualify', tale.lead, { reason: 'student project', by: tale.marketer });
  },
  nurtured: (tale) => {
    start(tale);
    const handOff = offered(tale);
    tale.script
      .wait({ hours: 5 })
      .lead('reject', tale.lead, { handOff, by: tale.seller, reason: 'bad timing' });
    tale.script.lead('recycle', tale.lead, { reason: 'bad timing', by: tale.seller });
    tale.script.wait({ days: 12 });
    touch(tale, 'email-opened', { person: person(tale) });
  },
  sharedDevice: (tale) => {
    start(tale);
    tale.script.wait({ days: 3 });
    identified(tale, 1);
    touch(tale, 'page-view', { visitor: tale.visitor, url: 'https://www.example.com/pricing' });
    accepted(tale);
    won(tale);
  },
  anonymousOnly: (tale) => (anonymousTime(tale), anonymousTime(tale)),
};

const order = [
  'won',
  'lost',
  'anonymousOnly',
  'open',
  'rejectedThenWon',
  'expired',
  'sharedDevice',
  'waiting',
  'won',
  'disqualified',
  'nurtured',
  'lost',
  'open',
];

/** One script an account; the same seed tells the same tales. */
export function tellStories(seed: number): Script[] {
  return accounts.map((account, index) => {
    const random = new SeededRandom(seed * 1_000 + index);
    const script = new Script(
      account.id,
      new Date(Date.UTC(2026, 0, 6 + ((index * 3) % 70), 9, index)).toISOString(),
    );
    const plot = order[index % order.length] as string;
    stories[plot]?.({
      account,
      script,
      random,
      campaign: campaigns[index % campaigns.length] as Campaign,
      seller: sellers[index % sellers.length] as string,
      marketer: marketers[index % marketers.length] as string,
      people: Array.from({ length: random.between(2, 5) }, (_, each) => `${account.id}-person-${each + 1}`),
      visitor: `${account.id}-visitor`,
      lead: `${account.id}-lead`,
      opportunity: `${account.id}-deal`,
    });
    return script;
  });
}
