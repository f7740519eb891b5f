import type { ItemOutcome, SentCommand, SentFact } from './call.ts';
import { creditChecks } from './credit-checks.ts';
import type { Evidence, Logged } from './evidence.ts';

/** One promise, and what speaks against it. */
export interface Finding {
  readonly check: string;
  readonly against: readonly string[];
}

type Check = readonly [name: string, against: (evidence: Known) => string[]];

interface Known extends Evidence {
  readonly facts: readonly { readonly fact: SentFact; readonly outcome: ItemOutcome }[];
  readonly commands: readonly { readonly command: SentCommand; readonly outcome: ItemOutcome }[];
  /** every record, those that faults wrote to the log among them; `log` has the others */
  readonly records: readonly Logged[];
  /** keys of records that faults wrote to the log */
  readonly injected: ReadonlySet<string>;
  /** records by the event's id */
  readonly logged: ReadonlyMap<string, readonly Logged[]>;
}

const REACTION = 'convert_lead_when_opportunity_opened:';
const unknown: ItemOutcome = { is: 'unknown' };

/** Every promise that a run is judged by, in the order in which an event meets them. */
const checks: readonly Check[] = [
  ['I1 every accepted fact is in the log', lostFacts],
  ['I1 every accepted decision is in its store', lostDecisions],
  ['I1 the store and the log hold the same decisions', storeAgainstLog],
  ['I1 nothing waits in an outbox', ({ outbox }) => nonZero(outbox)],
  ['I1 every event of the log is applied or parked, once', appliedOnce],
  ['I2 nothing is in the log that nobody sent, nor altered', inventedInLog],
  ['I2 nothing is stored that nobody asked for', inventedInStore],
  ['I2 nothing refused or quarantined was taken', takenThoughRefused],
  ['I3 every stream is 1..N in its store', gapsInStore],
  ['I3 first occurrences in the log are 1..N, in order', gapsInLog],
  ['I4 live = plain fold of the log', ({ live, fold }) => differing(live, fold)],
  ['I4 live = verified by the service', ({ verified }) => said(verified)],
  ['I4 live = rebuilt by the service', ({ rebuilt }) => said(rebuilt)],
  ['I6 received = accepted + quarantined + refused', doorSums],
  ['I6 what was quarantined is kept byte for byte', quarantineKept],
  ['I6 records = applied + parked + duplicates', recordsSum],
  ['I7 at rest without help', ({ unrest }) => [...unrest]],
];

/** @returns one finding for every promise, broken or kept */
export function judge(evidence: Evidence): Finding[] {
  const known = knowledge(evidence);
  return [
    ...checks.map(([check, against]) => ({ check, against: against(known) })),
    ...creditChecks.map(([check, against]) => ({ check, against: against(evidence.credit) })),
  ];
}

export const isClean = (findings: readonly Finding[]): boolean =>
  findings.every(({ against }) => against.length === 0);

function knowledge(evidence: Evidence): Known {
  const injected = new Set(evidence.journal.flatMap(({ call }) => call.injected ?? []));
  const log = evidence.log.filter(({ key }) => !injected.has(key));
  const outcomes = evidence.journal.map(({ call, ended }) => ({
    call,
    of: (at: number) => ended?.outcomes[at] ?? unknown,
  }));
  return {
    ...evidence,
    facts: outcomes.flatMap(({ call, of }) => call.facts.map((fact, at) => ({ fact, outcome: of(at) }))),
    commands: outcomes.flatMap(({ call, of }) =>
      call.commands.map((command, at) => ({ command, outcome: of(at) })),
    ),
    records: evidence.log,
    injected,
    log,
    logged: Map.groupBy(
      log.filter(({ id }) => id !== null),
      ({ id }) => id ?? '',
    ),
  };
}

function lostFacts({ facts, logged }: Known): string[] {
  const accepted = facts.flatMap(({ outcome }) => (outcome.is === 'ok' ? outcome.events : []));
  return [...new Set(accepted)]
    .filter((id) => !logged.has(id))
    .map((id) => `fact ${id} was answered 202 and is gone`);
}

function lostDecisions({ commands, stored }: Known): string[] {
  const kept = new Set(stored.map(({ id }) => id));
  const accepted = commands.flatMap(({ outcome }) => (outcome.is === 'ok' ? outcome.events : []));
  return [...new Set(accepted)]
    .filter((id) => !kept.has(id))
    .map((id) => `decision ${id} was answered 200 and is gone`);
}

function storeAgainstLog({ stored, log, logged }: Known): string[] {
  const kept = new Set(stored.map(({ id }) => id));
  const decided = log.filter(({ stream, id }) => stream !== null && !kept.has(id ?? ''));
  return [
    ...stored
      .filter(({ id }) => !logged.has(id))
      .map(({ id, stream, version }) => `${stream}@${version} (${id}) never came to the log`),
    ...decided.map(({ id }) => `${id} is in the log and in no store`),
  ];
}

function appliedOnce({ logged, applied, parked, injected }: Known): string[] {
  const times = new Map<string, number>();
  for (const { id } of [...applied, ...parked]) if (id !== null) times.set(id, (times.get(id) ?? 0) + 1);
  const wrong = [...logged.keys()].filter((id) => times.get(id) !== 1);
  const strange = applied.filter(({ id }) => !logged.has(id ?? ''));
  return [
    ...wrong.map((id) => `${id} is in the log and was applied or parked ${times.get(id) ?? 0} times`),
    ...strange.map(({ id }) => `${id} was applied and is not in the log`),
    ...parked
      .filter(({ key }) => !injected.has(key ?? ''))
      .map(({ id, key }) => `${id ?? 'something'} of ${key} is parked`),
  ];
}

function inventedInLog({ log, facts, hashes }: Known): string[] {
  const sent = new Set(facts.map(({ fact }) => fact.id));
  const ofFacts = log.filter(({ stream }) => stream === null);
  return ofFacts.flatMap(({ id, hash, topic, partition, offset }) => {
    if (id === null) return [`${topic}/${partition}/${offset} is no event`];
    if (!sent.has(id)) return [`fact ${id} was never sent`];
    return hashes.get(id) === hash ? [] : [`fact ${id} is not what was sent`];
  });
}

function inventedInStore({ stored, commands }: Known): string[] {
  const asked = new Set(
    commands.map(({ command }) => `${command.source} ${command.commandId} ${command.stream}`),
  );
  const opened = new Set(stored.filter(({ name }) => name === 'opportunity.opened').map(({ id }) => id));
  return stored
    .filter(({ source, commandId, stream }) => {
      if (!commandId.startsWith(REACTION)) return !asked.has(`${source} ${commandId} ${stream}`);
      return !opened.has(commandId.slice(REACTION.length).split(':')[0] ?? '');
    })
    .map(({ id, commandId }) => `decision ${id} of ${commandId} was never asked for`);
}

/** Sent again, the same may be taken another time: only what was refused every time must be nowhere. */
function takenThoughRefused({ facts, commands, logged, stored }: Known): string[] {
  const settled = (outcome: ItemOutcome) => outcome.is === 'refused' || outcome.is === 'quarantined';
  const open = new Set(facts.filter(({ outcome }) => !settled(outcome)).map(({ fact }) => fact.id));
  const openCommands = new Set(
    commands.filter(({ outcome }) => !settled(outcome)).map(({ command }) => command.commandId),
  );
  const asked = new Set(commands.map(({ command }) => command.commandId));
  const refused = new Set(facts.flatMap(({ fact: { id } }) => (id !== null && !open.has(id) ? [id] : [])));
  return [
    ...[...refused].filter((id) => logged.has(id)).map((id) => `fact ${id} was refused and is in the log`),
    ...stored
      .filter(({ commandId }) => asked.has(commandId) && !openCommands.has(commandId))
      .map(({ id, commandId }) => `decision ${id} of ${commandId} was refused and is stored`),
  ];
}

function gapsInStore({ stored }: Known): string[] {
  const streams = Map.groupBy(stored, ({ service, stream }) => `${service} ${stream}`);
  return [...streams].flatMap(([stream, events]) => {
    const versions = events.map(({ version }) => version).sort((a, b) => a - b);
    return versions.every((version, at) => version === at + 1)
      ? []
      : [`${stream} has the versions ${versions.join(', ')}`];
  });
}

function gapsInLog({ log }: Known): string[] {
  const decided = log.filter(({ stream }) => stream !== null);
  const inOrder = decided.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
  const heads = new Map<string, number>();
  return inOrder.flatMap(({ topic, stream }) => {
    const name = `${topic} ${stream?.id}`;
    const head = heads.get(name) ?? 0;
    const version = stream?.version ?? 0;
    if (version > head) heads.set(name, version);
    return version <= head + 1 ? [] : [`${name} goes from ${head} to ${version}`];
  });
}

function doorSums({ door, facts, quarantine }: Known): string[] {
  const { received, accepted, quarantined, refused } = door;
  const answered = (is: ItemOutcome['is']) => facts.filter(({ outcome }) => outcome.is === is).length;
  const open = answered('unknown');
  return [
    ...(received === accepted + quarantined + refused
      ? []
      : [`${received} ≠ ${accepted} + ${quarantined} + ${refused}`]),
    ...(quarantined === quarantine.size ? [] : [`${quarantined} counted, ${quarantine.size} kept`]),
    ...(accepted <= answered('ok') + open
      ? []
      : [`${accepted} counted as accepted, ${answered('ok')} answered, ${open} unknown`]),
  ];
}

function quarantineKept({ facts, quarantine }: Known): string[] {
  return facts.flatMap(({ fact, outcome }) => {
    if (outcome.is !== 'quarantined') return [];
    const kept = quarantine.get(outcome.quarantine);
    if (kept === undefined) return [`quarantine ${outcome.quarantine} is gone`];
    const sent = fact.id === null ? Buffer.from(fact.raw, 'base64') : Buffer.from(fact.raw);
    return sent.length === 0 || kept.equals(sent)
      ? []
      : [`quarantine ${outcome.quarantine} holds other bytes`];
  });
}

function recordsSum({ records: log, applied, parked, repeated, positions }: Known): string[] {
  const places = [...applied, ...parked, ...repeated].map(place);
  const once = new Set(places);
  const records = log.map(place);
  return [
    ...(positions === log.length
      ? []
      : [`the log has ${log.length} records, the positions say ${positions}`]),
    ...(once.size === places.length ? [] : [`${places.length - once.size} records are accounted for twice`]),
    ...records.filter((it) => !once.has(it)).map((it) => `record ${it} is nowhere`),
    ...(places.length <= records.length
      ? []
      : [`${places.length} accounted for, ${records.length} in the log`]),
  ];
}

const place = ({ topic, partition, offset }: { topic: string; partition: number; offset: bigint }) =>
  `${topic}/${partition}/${offset}`;

function differing(live: Evidence['live'], fold: Evidence['fold']): string[] {
  const folded = new Map(fold.map((each) => [each.table, each]));
  return live
    .filter(({ table, digest }) => folded.get(table)?.digest !== digest)
    .map(
      ({ table, rows }) =>
        `${table}: ${rows} rows live, ${folded.get(table)?.rows ?? 'none'} folded, and they differ`,
    );
}

const said = (what: string | null): string[] => (what === null ? [] : [what]);
const nonZero = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${count} in ${name}`]));
