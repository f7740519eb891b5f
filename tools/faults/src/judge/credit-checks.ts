import { canonicalJson, WHOLE_CREDIT } from '@throughline/contracts';
import type { Credit, CreditEvidence, Said } from './credit-evidence.ts';

type Check = readonly [name: string, against: (evidence: CreditEvidence) => string[]];
type SaidCredit = Extract<Said, { readonly data: Credit }>;

/** Every promise about credit, in the order in which an event meets them. */
export const creditChecks: readonly Check[] = [
  ['I1 the store of credit and the log hold the same events', storeAgainstLog],
  ['I3 every stream of credit is 1..N on the log, in order', gaps],
  ['I4 credit in force is what was said of it last', lastSaid],
  ['I4 credit in force = what the log comes to without SQL', computed],
  [
    'I4 credit = credit from scratch, its evidence = the log',
    ({ verified }) => (verified === null ? [] : [verified]),
  ],
  ['I8 shares and the rest sum to the amount', sums],
  ['I9 credit goes by a version that was defined', versions],
  ['I1 no deal and no wish is left to be looked at', left],
];

function storeAgainstLog({ stored, said }: CreditEvidence): string[] {
  const logged = new Set(said.map(({ id }) => id));
  const kept = new Set(stored.map(({ id }) => id));
  return [
    ...stored
      .filter(({ id }) => !logged.has(id))
      .map(({ id, stream, version }) => `${stream}@${version} (${id}) never came to the log`),
    ...said.filter(({ id }) => !kept.has(id)).map(({ id }) => `${id} is in the log and in no store`),
  ];
}

function gaps({ said }: CreditEvidence): string[] {
  const heads = new Map<string, { readonly version: number; readonly ids: string[] }>();
  return said.flatMap(({ id, stream: { id: stream, version } }) => {
    const head = heads.get(stream) ?? { version: 0, ids: [] };
    if (version <= head.version)
      return head.ids[version - 1] === id ? [] : [`${stream} has another event at ${version}`];
    heads.set(stream, { version, ids: [...head.ids, id] });
    return version === head.version + 1 ? [] : [`${stream} goes from ${head.version} to ${version}`];
  });
}

function lastSaid({ said, inForce }: CreditEvidence): string[] {
  const last = new Map<string, SaidCredit>();
  for (const each of credits(said)) {
    const name = nameOf(each.data.opportunity, each.data.model.id);
    if (each.stream.version > (last.get(name)?.stream.version ?? 0)) last.set(name, each);
  }
  const standing = new Map(inForce.map((each) => [nameOf(each.opportunity, each.model), each]));
  return [
    ...[...last.keys()]
      .filter((name) => !standing.has(name))
      .map((name) => `${name} was said and is not kept`),
    ...[...standing].flatMap(([name, { eventId, said: kept }]) => {
      const found = last.get(name);
      if (!found) return [`${name} is in force and was never said`];
      if (found.id !== eventId) return [`${name}: ${eventId} is in force, ${found.id} was said last`];
      return canonicalJson(found.data) === kept ? [] : [`${name}: what is in force is not what was said`];
    }),
  ];
}

function computed({ inForce, fromScratch }: CreditEvidence): string[] {
  const isWon = (said: string) => (JSON.parse(said) as Credit).outcome === 'won';
  const kept = new Set(inForce.filter(({ said }) => isWon(said)).map(({ said }) => said));
  const wanted = new Set(fromScratch);
  const name = (said: string) => {
    const { opportunity, model } = JSON.parse(said) as Credit;
    return nameOf(opportunity, model.id);
  };
  return [
    ...[...wanted].filter((said) => !kept.has(said)).map((said) => `${name(said)} is not what it should be`),
    ...[...kept]
      .filter((said) => !wanted.has(said))
      .map((said) => `${name(said)} is in force and should not be`),
  ];
}

function sums({ said }: CreditEvidence): string[] {
  return credits(said).flatMap(({ id, data: { shares, unattributed, amount, outcome } }) => {
    const weight = shares.reduce((sum, share) => sum + share.weight, unattributed.weight);
    const whole = outcome === 'won' ? WHOLE_CREDIT : 0;
    const dealt = shares.reduce((sum, share) => sum + (share.amount ?? 0), unattributed.amount ?? 0);
    const unknown = [...shares, unattributed].every((part) => part.amount === null);
    return [
      ...(weight === whole ? [] : [`${id}: ${weight} millionths of ${whole}`]),
      ...(amount === null && !unknown ? [`${id}: shares of an amount that nobody knows`] : []),
      ...(amount !== null && dealt !== amount.amount ? [`${id}: ${dealt} dealt of ${amount.amount}`] : []),
    ];
  });
}

const settings = [
  ...(['rule', 'parameters', 'scope', 'exposures'] as const),
  ...(['windowDays', 'mostRecent', 'severalConversions'] as const),
] as const;

function versions({ said }: CreditEvidence): string[] {
  const defined = new Map(
    said.flatMap((each) =>
      each.name === 'attribution-model.defined'
        ? [
            [
              nameOf(each.data.model, each.data.version),
              canonicalJson(settings.map((it) => each.data[it])),
            ] as const,
          ]
        : [],
    ),
  );
  return credits(said).flatMap(({ id, data }) => {
    const name = nameOf(data.model.id, data.model.version);
    const found = defined.get(name);
    if (found === undefined) return [`${id}: ${name} was never defined`];
    return found === canonicalJson(settings.map((it) => data[it]))
      ? []
      : [`${id}: ${name} is defined otherwise`];
  });
}

function left({ left: { due, wishes } }: CreditEvidence): string[] {
  return [
    ...(due === 0 ? [] : [`${due} deals are due`]),
    ...(wishes === 0 ? [] : [`${wishes} wishes are open`]),
  ];
}

const credits = (said: readonly Said[]): SaidCredit[] =>
  said.filter((each): each is SaidCredit => /^credit\.(assigned|revised)$/.test(each.name));

const nameOf = (one: string, other: string | number): string => `${one} ${other}`;
