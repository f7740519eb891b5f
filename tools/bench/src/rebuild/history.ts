import { definition, eventId, toRecord, type EncodedRecord, type EventName } from '@throughline/contracts';
import { SeededRandom } from '@throughline/sample';

export type HistoryRecord = EncodedRecord & { readonly topic: string };

interface Told {
  readonly name: EventName;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Stories told at the same time: how far the events of one lead lie apart. */
const AT_ONCE = 500;
const SOURCE = 'urn:throughline:bench';
const START = Date.parse('2020-01-01T00:00:00.000Z');
const STEP_MS = 30_000;

/**
 * The records of a long business history, the same for the same seed, in the order they would be taken: about half of
 * them touches, an eighth identities, a quarter leads and an eighth opportunities. Bounded memory, whatever the length.
 */
export function* history(events: number, seed = 1): Generator<HistoryRecord> {
  const random = new SeededRandom(seed);
  let begun = 0;
  const next = () => story((begun += 1), random);
  const running = Array.from({ length: AT_ONCE }, next);
  const versions = new Map<string, number>();
  for (let told = 0; told < events;) {
    const at = random.between(0, AT_ONCE - 1);
    const step = running[at]?.next();
    if (step?.done !== false) {
      running[at] = next();
      continue;
    }
    told += 1;
    yield recordOf(step.value, told, versions);
  }
}

function recordOf(
  { name, data: changes }: Told,
  number: number,
  versions: Map<string, number>,
): HistoryRecord {
  const entry = definition(name);
  const data = { ...(entry.sample as object), ...changes };
  const sourceId = `bench-${number}`;
  const id = eventId(SOURCE, sourceId);
  const key = entry.key(data, id);
  const at = new Date(START + number * STEP_MS).toISOString();
  const version = entry.kind === 'decision' ? (versions.get(key) ?? 0) + 1 : 0;
  if (version > 0) versions.set(key, version);
  if (name === 'lead.converted' || name === 'opportunity.won') versions.delete(key);
  return toRecord({
    ...{ id, sourceId, source: SOURCE, name, schemaVersion: entry.schemaVersion, key, data: data as never },
    ...{ occurredAt: at, precision: 'instant', inferred: [], recordedAt: at },
    ...{ stream: version > 0 ? { id: key, version } : null, traceparent: null, tracestate: null },
  });
}

/** One visitor's way: first touches, a person, perhaps a lead, perhaps a deal. */
function* story(number: number, random: SeededRandom): Generator<Told> {
  const [visitor, person, lead] = [`visitor-${number}`, `person-${number}`, `lead-${number}`];
  const account = `account-${Math.ceil(number / 3)}`;
  const opportunity = `opportunity-${number}`;
  const touch = (): Told => ({
    name: 'touch.recorded',
    data: { visitor, person: null, channel: random.pick(['paid_search', 'email', 'webinar', 'organic']) },
  });
  const touches = function* (from: number, to: number) {
    for (let left = random.between(from, to); left > 0; left -= 1) yield touch();
  };
  yield* touches(2, 6);
  yield link('visitor-is-person', visitor, person);
  yield link('person-in-account', person, account);
  if (number % 3 === 1) yield { name: 'account.described', data: { account, domain: `${account}.example` } };
  if (number % 5 === 0) yield link('same-person', person, `person-${number - 1}`);
  yield* touches(1, 4);
  yield { name: 'lead.captured', data: { lead, person, account } };
  yield { name: 'lead.assessed', data: { lead } };
  yield { name: 'lead.qualified', data: { lead } };
  yield* touches(1, 3);
  yield { name: 'lead.offered', data: { lead, handOff: `hand-off-${number}` } };
  yield { name: 'lead.accepted', data: { lead, handOff: `hand-off-${number}` } };
  yield { name: 'lead.followed-up', data: { lead } };
  yield* touches(1, 5);
  if (number % 2 === 0) return;
  yield { name: 'lead.converted', data: { lead, opportunity } };
  yield { name: 'opportunity.opened', data: { opportunity, account, leads: [lead] } };
  yield { name: 'opportunity.contact-added', data: { opportunity, person } };
  yield { name: 'opportunity.stage-changed', data: { opportunity, from: 'discovery', to: 'proposal' } };
  yield* touches(1, 4);
  yield { name: 'opportunity.amount-changed', data: { opportunity } };
  yield { name: 'opportunity.won', data: { opportunity } };
}

function link(relation: string, from: string, to: string): Told {
  return { name: 'identity.linked', data: { relation, from, to } };
}
