import { accounts, campaigns, marketers, sellers, type Campaign } from './company.ts';
import { SeededRandom } from './random.ts';
import {
  accepted,
  anonymousTime,
  captured,
  identified,
  offered,
  opened,
  person,
  renewed,
  touch,
  withdrawn,
  won,
  type Tale,
} from './scenes.ts';
import { Script } from './script.ts';

type Story = (tale: Tale) => void;

const newsletter = campaigns.find(({ channel }) => channel === 'email');

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
    touch(tale, 'email-clicked', { person: person(tale, 1) }, newsletter);
    withdrawn(tale, 'told of a colleague');
    touch(tale, 'email-clicked', { person: person(tale) }, newsletter);
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
    touch(tale, 'email-opened', { person: person(tale) }, newsletter);
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
  renewed,
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
  'renewed',
  'won',
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
