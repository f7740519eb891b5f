import { describe, expect, it } from '@jest/globals';
import type { Call, Ended } from './call.ts';
import type { Evidence, Logged, Place, Stored } from './evidence.ts';
import { isClean, judge } from './judge.ts';

const SOURCE = 'urn:test';
const table = (digest: string) => [{ table: 'lead', kind: 'content' as const, rows: 1, digest }];

function fact(n: number, id: string, outcome: Ended['outcomes'][number]) {
  const call: Call = {
    n,
    at: '',
    service: 'touches',
    facts: [{ id, raw: `{"${id}":1}`, good: true }],
    commands: [],
  };
  return { call, ended: { n, status: 202, outcomes: [outcome] } };
}

function command(n: number, commandId: string, outcome: Ended['outcomes'][number]) {
  const commands = [{ source: SOURCE, commandId, stream: 'lead-1' }];
  return {
    call: { n, at: '', service: 'leads', facts: [], commands } as const satisfies Call,
    ended: { n, status: 200, outcomes: [outcome] },
  };
}

const record = (id: string, offset: number, version: number | null = null): Logged => ({
  ...{
    topic: 't',
    partition: 0,
    offset: BigInt(offset),
    id,
    key: version === null ? id : 'lead-1',
    hash: `hash ${id}`,
  },
  stream: version === null ? null : { id: 'lead-1', version },
});
const stored = (id: string, version: number, commandId: string): Stored => ({
  ...{ service: 'leads', id, stream: 'lead-1', version, name: 'lead.captured', source: SOURCE, commandId },
});
const place = ({ topic, partition, offset, id, key }: Logged): Place => ({
  topic,
  partition,
  offset,
  id,
  key,
});
const ok = (...events: string[]) => ({ is: 'ok' as const, events });

const log = [record('f1', 0), record('f2', 1), record('d1', 2, 1), record('d2', 3, 2), record('f1', 4)];
/** One fact taken twice, one whose answer was lost, one quarantined, two decisions. */
const good: Evidence = {
  journal: [
    fact(1, 'f1', ok('f1')),
    fact(2, 'f2', { is: 'unknown' }),
    fact(3, 'f3', { is: 'quarantined', quarantine: 'q1' }),
    fact(4, 'f4', { is: 'unknown' }),
    command(5, 'c1', ok('d1')),
    command(6, 'c2', { is: 'unknown' }),
    command(7, 'c3', { is: 'refused' }),
    fact(8, 'f1', ok('f1')),
  ],
  hashes: new Map(['f1', 'f2', 'f3', 'f4'].map((id) => [id, `hash ${id}`])),
  log,
  stored: [stored('d1', 1, 'c1'), stored('d2', 2, 'c2')],
  applied: log.slice(0, 4).map(place),
  repeated: log.slice(4).map(place),
  ...{ parked: [], positions: 5, outbox: { touches: 0 } },
  door: { received: 4, accepted: 3, quarantined: 1, refused: 0 },
  quarantine: new Map([['q1', Buffer.from('{"f3":1}')]]),
  ...{ live: table('a'), fold: table('a'), verified: null, rebuilt: null, unrest: [] },
  credit: { said: [], stored: [], inForce: [], fromScratch: [], verified: null, left: { due: 0, wishes: 0 } },
};

const broken = (change: Partial<Evidence>) =>
  judge({ ...good, ...change }).flatMap(({ check, against }) =>
    against.length > 0 ? [check.slice(0, 2)] : [],
  );
/** The log with these records, all of them applied, as a consistent rest of the world would have it. */
const having = (records: readonly Logged[]): Partial<Evidence> => {
  const first = (one: Logged, at: number) => records.findIndex(({ id }) => id === one.id) === at;
  return {
    log: records,
    applied: records.filter(first).map(place),
    repeated: records.filter((one, at) => !first(one, at)).map(place),
    positions: records.length,
  };
};

describe('the judge', () => {
  it('finds nothing where all was kept, whatever became of unknown calls', () => {
    expect(isClean(judge(good))).toBe(true);
    expect(broken(having(log.filter(({ id }) => id !== 'f2')))).toEqual([]);
  });

  it('I1 misses an accepted fact, an accepted decision, a decision that never came to the log', () => {
    expect(broken(having(log.filter(({ id }) => id !== 'f1')))).toEqual(['I1']);
    expect(broken({ ...having(log.filter(({ id }) => id !== 'd1' && id !== 'd2')), stored: [] })).toEqual([
      'I1',
    ]);
    expect(broken(having(log.filter(({ id }) => id !== 'd2')))).toEqual(['I1']);
    expect(broken({ outbox: { leads: 3 } })).toEqual(['I1']);
  });

  it('I1 sees an event that was applied twice, or not at all', () => {
    const twice = { ...place(log[0] as Logged), offset: 9n };
    expect(broken({ applied: [...good.applied, twice] })).toContain('I1');
    expect(broken({ applied: good.applied.slice(1) })).toContain('I1');
  });

  it('I2 sees what nobody sent, what was altered, and what was refused and taken all the same', () => {
    expect(broken(having([...log, record('f9', 5)]))).toEqual(['I2']);
    expect(broken({ hashes: new Map([...good.hashes, ['f1', 'other']]) })).toEqual(['I2']);
    expect(broken(having([...log, record('f3', 5)]))).toEqual(['I2']);
    const third = {
      ...having([...log, record('d3', 5, 3)]),
      stored: [...good.stored, stored('d3', 3, 'c3')],
    };
    expect(broken(third)).toEqual(['I2']);
    expect(broken({ ...third, stored: [...good.stored, stored('d3', 3, 'c9')] })).toEqual(['I2']);
  });

  it('I3 sees a gap in a store, and versions out of order in the log', () => {
    const gap = { ...having([...log, record('d4', 5, 4)]), stored: [...good.stored, stored('d4', 4, 'c2')] };
    expect(broken(gap)).toEqual(['I3', 'I3']);
    const [first, second, one, two, again] = log as [Logged, Logged, Logged, Logged, Logged];
    const swapped = [first, second, { ...two, offset: 2n }, { ...one, offset: 3n }, again];
    expect(broken(having(swapped))).toEqual(['I3']);
  });

  it('I4 sees live tables that differ from the fold, or from what the service rebuilt', () => {
    expect(broken({ live: table('b') })).toEqual(['I4']);
    expect(broken({ verified: 'lead differs' })).toEqual(['I4']);
    expect(broken({ rebuilt: 'lead differs' })).toEqual(['I4']);
    expect(broken({ credit: { ...good.credit, verified: 'a deal differs' } })).toEqual(['I4']);
  });

  it('I6 sees records that are nowhere, a door that miscounts, quarantine that altered what came', () => {
    expect(broken({ positions: 4 })).toEqual(['I6']);
    expect(broken({ repeated: [] })).toEqual(['I6']);
    expect(broken({ door: { ...good.door, accepted: 2 } })).toEqual(['I6']);
    expect(broken({ quarantine: new Map([['q1', Buffer.from('{"f3":2}')]]) })).toEqual(['I6']);
    expect(broken({ quarantine: new Map() })).toEqual(['I6', 'I6']);
  });

  it('I7 sees what did not come to rest, and parks nothing that no fault wrote', () => {
    expect(broken({ unrest: ['leads.outbox: 3 wait'] })).toEqual(['I7']);
    const parked = good.applied.slice(0, 1);
    expect(broken({ parked, applied: good.applied.slice(1) })).toEqual(['I1']);
    const call: Call = { n: 9, at: '', service: 'touches', facts: [], commands: [], injected: ['poison'] };
    const poison = { ...record('x', 5), id: null, key: 'poison' };
    const journal = [...good.journal, { call, ended: null }];
    expect(broken({ journal, log: [...log, poison], parked: [place(poison)], positions: 6 })).toEqual([]);
  });
});
