import { describe, expect, it } from '@jest/globals';
import { payloadHash, toRecord, type JourneyEvent } from '@throughline/contracts';
import { decode, type Item } from './item.ts';
import { sequence, type Known } from './sequence.ts';
import { described, leadStream } from './testing/example-events.ts';

const DAY = '2026-03-01T00:00:00.000Z';
const nothing = (): Known => ({
  ...{
    seen: new Map(),
    versions: new Map(),
    heads: new Map(),
    blocked: new Map(),
    discarded: new Set<string>(),
  },
});
const items = (events: readonly JourneyEvent[]): Item[] =>
  events.map((event, index) => decode({ ...toRecord(event), partition: 0, offset: BigInt(index) }));
const offsets = (those: readonly { item: Item }[]) => those.map(({ item }) => Number(item.record.offset));
const works = () => null;

describe('sequence', () => {
  const [v1, v2, v3, v4] = leadStream('lead-1', 4) as [
    JourneyEvent,
    JourneyEvent,
    JourneyEvent,
    JourneyEvent,
  ];

  it('I6: ends every item as applied, repeat, parked or deferred, exactly one of them', () => {
    const all = items([v1, v1, v3, v2, v4, described('a', 'acme', 1, DAY)]);
    const known = nothing();
    const { applied, repeats, parked, deferred } = sequence(all, known, new Set(), works);
    expect(applied.map(({ record }) => Number(record.offset))).toEqual([0, 3, 5]);
    expect([offsets(repeats), offsets(parked), deferred.map(({ record }) => Number(record.offset))]).toEqual([
      [1],
      [2],
      [4],
    ]);
  });

  it('I7: later events of a poisoned key queue in the same batch, others go on', () => {
    const all = items([
      described('a1', 'acme', 1, DAY),
      described('a2', 'acme', 2, DAY),
      described('b1', 'best', 3, DAY),
    ]);
    const fails = (item: Item) => (item.record.offset === 0n ? { code: 'x', reason: 'y' } : null);
    const { applied, parked } = sequence(all, nothing(), new Set(), fails);
    expect(parked.map(({ state }) => state)).toEqual(['poison', 'queued']);
    expect(applied.map(({ key }) => key)).toEqual(['best']);
  });

  it('I3: takes a version twice as a conflict when another event has it', () => {
    const known = nothing();
    const rival = { ...v1, id: v2.id };
    const { repeats } = sequence(items([v1]), known, new Set(), works);
    expect(repeats).toEqual([]);
    const [item] = items([v1]);
    const again =
      item && 'read' in item ? { ...item, read: { event: rival, hash: payloadHash(rival) } } : null;
    const second = sequence(again ? [again] : [], known, new Set(), works);
    expect(second.repeats).toMatchObject([{ standing: v1.id, conflict: true }]);
  });

  it('I3: waits behind its own gap although the head moves in the same batch', () => {
    const known = nothing();
    known.heads.set('lead-1', 1);
    known.blocked.set('lead-1', 'gap');
    const outcome = sequence(items([v4, v2, v3]), known, new Set(), works);
    expect([...outcome.opened]).toEqual(['lead-1']);
    expect(outcome.parked.map(({ state }) => state)).toEqual(['queued']);
    expect(outcome.deferred.map(({ record }) => Number(record.offset))).toEqual([2]);
  });
});
