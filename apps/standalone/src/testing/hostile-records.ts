import { randomUUID } from 'node:crypto';
import { partitionOf } from '@throughline/log';
import type { EventName } from '@throughline/contracts';
import { hostileBatches } from './hostile-batches.ts';
import {
  event,
  inPartition,
  kindFor,
  minus,
  plus,
  versioned,
  withoutStream,
  type Change,
  type Headers,
  type HostileRecord,
} from './hostile-event.ts';

/** Every kind, for topics of so many partitions and a lead that exists. */
export function hostileRecords(partitions: number, lead: string): HostileRecord[] {
  const kind = kindFor(partitions);
  const right = (key: unknown) => partitionOf(String(key), partitions);
  const touch = (...changes: Change[]) => event('touch.recorded', {}, ...changes);
  const ofLead = (name: EventName, version: number, ...changes: Change[]) =>
    event(name, { data: { lead }, stream: { id: lead, version } }, ...changes);
  const elsewhere = touch();
  const many = (count: number): Headers => Array.from({ length: count }, (_, at) => [`h${at}`, 'v'] as const);
  const text = (value: string | Buffer) => touch((it) => ({ ...it, value }));
  return [
    kind(
      'a new version of a lead in the topic of touches',
      { parked: 'wrong-topic' },
      ofLead('lead.disqualified', 2),
    ),
    kind(
      'the first version of a lead in the topic of touches',
      { parked: 'wrong-topic' },
      ofLead('lead.captured', 1),
    ),
    kind(
      'a lead in the topic of deals',
      { parked: 'wrong-topic', topic: 'journey.opportunities' },
      ofLead('lead.recycled', 2),
    ),
    kind(
      'a deal in the topic of leads',
      { parked: 'wrong-topic', topic: 'journey.leads' },
      event('opportunity.opened', {}),
    ),
    kind('a touch in the topic of leads', { parked: 'wrong-topic', topic: 'journey.leads' }, touch()),
    kind('an account in the topic of touches', { parked: 'wrong-topic' }, event('account.described', {})),
    kind(
      'an edge in the topic of campaigns',
      { parked: 'wrong-topic', topic: 'journey.campaigns' },
      event('identity.linked', {}),
    ),
    kind(
      'a lead under the key of another',
      { parked: 'bad-record', topic: 'journey.leads' },
      ofLead('lead.disqualified', 2, (it) => ({ ...it, key: 'another' })),
    ),
    kind(
      'a fact under a key of its own',
      { parked: 'bad-record' },
      touch((it) => ({ ...it, key: 'mine' })),
    ),
    kind(
      'a partition that the key does not hash to',
      { parked: 'wrong-partition', partition: (right(elsewhere.key) + 1) % partitions },
      elsewhere,
    ),
    kind('20,000 headers', { parked: 'too-many-headers' }, touch(plus(many(20_000)))),
    kind('129 headers', { parked: 'too-many-headers' }, touch(plus(many(129)))),
    kind('a header of 900 KB', { parked: 'headers-too-large' }, touch(plus([['h', 'x'.repeat(900_000)]]))),
    kind(
      'a header name of 200 KB',
      { parked: 'headers-too-large' },
      touch(plus([['x'.repeat(200_000), '']])),
    ),
    kind(
      'headers that objects inherit',
      { parked: 'bad-record' },
      {
        key: 'k',
        value: '{}',
        headers: [
          ['__proto__', 'a'],
          ['constructor', 'b'],
        ],
      },
    ),
    kind('ce_id twice', { parked: 'header-twice' }, touch(plus([['ce_id', 'other']]))),
    kind(
      'ce_type without a value',
      { parked: 'no-header-value' },
      touch(minus('ce_type'), plus([['ce_type', null]])),
    ),
    kind(
      'ce_source that is not UTF-8',
      { parked: 'not-utf-8' },
      touch(minus('ce_source'), plus([['ce_source', Buffer.from([0xff, 0xfe])]])),
    ),
    kind(
      'header names that are not UTF-8',
      { parked: 'bad-record' },
      { key: 'k', value: '{}', headers: [[Buffer.from([0xc3]), 'a']] },
    ),
    kind('no headers', { parked: 'bad-record' }, { key: 'k', value: '{}' }),
    kind(
      'a tombstone',
      { parked: 'no-value' },
      touch((it) => ({ ...it, value: null })),
    ),
    kind(
      'no key',
      { parked: 'no-key' },
      touch((it) => ({ ...it, key: null })),
    ),
    kind(
      'a key of 900 KB',
      { parked: 'key-too-large' },
      touch((it) => ({ ...it, key: 'k'.repeat(900_000) })),
    ),
    kind(
      'a key that is not UTF-8',
      { parked: 'not-utf-8' },
      touch((it) => ({ ...it, key: Buffer.from([0xff]) })),
    ),
    kind('an empty value', { parked: 'bad-json' }, text('')),
    kind('a value that is not UTF-8', { parked: 'bad-string' }, text(Buffer.from([0x22, 0xff, 0x22]))),
    kind('a value of NULs', { parked: 'bad-json' }, text(Buffer.alloc(1000))),
    kind(
      '5,000 arrays, one in the other',
      { parked: 'too-deep' },
      text('['.repeat(5_000) + ']'.repeat(5_000)),
    ),
    kind('a number beyond every number', { parked: 'number-out-of-range' }, text('{"a":1e400}')),
    kind('a key twice', { parked: 'duplicate-key' }, text('{"kind":"activity","kind":"exposure"}')),
    kind('a prototype in JSON', { parked: 'forbidden-key' }, text('{"__proto__":{"kind":"activity"}}')),
    kind('JSON behind a byte order mark that is no touch', { parked: 'invalid-data' }, text('\uFEFF{"a":1}')),
    kind('an array', { parked: 'invalid-data' }, text('[]')),
    kind(
      'a type that nobody knows',
      { parked: 'unknown-type' },
      touch(minus('ce_type'), plus([['ce_type', 'throughline.touch.bribed.v1']])),
    ),
    kind(
      'a version of the future',
      { parked: 'future-version' },
      touch(minus('ce_type'), plus([['ce_type', 'throughline.touch.recorded.v9']])),
    ),
    kind(
      '60 events of a version of the future',
      { parked: 'future-version', partition: 0 },
      ...inPartition(60, 0, partitions, (key) => ({
        ...touch(minus('ce_type'), plus([['ce_type', 'throughline.touch.recorded.v9']])),
        key,
      })),
    ),
    kind(
      'another version of CloudEvents',
      { parked: 'bad-record' },
      touch(minus('ce_specversion'), plus([['ce_specversion', '0.3']])),
    ),
    kind(
      'structured mode',
      { parked: 'bad-record' },
      {
        key: 'k',
        value: '{"specversion":"1.0"}',
        headers: [['content-type', 'application/cloudevents+json']],
      },
    ),
    kind('XML', { parked: 'bad-record' }, touch(minus('content-type'), plus([['content-type', 'text/xml']]))),
    kind(
      'a fact with the stream of a lead',
      { parked: 'bad-record' },
      touch(
        plus([
          ['ce_stream', lead],
          ['ce_streamversion', '2'],
        ]),
      ),
    ),
    kind(
      'the id of another fact',
      { parked: 'bad-record' },
      touch(minus('ce_eventid'), plus([['ce_eventid', randomUUID()]])),
    ),
    kind(
      'a decision without a stream',
      { parked: 'bad-record', topic: 'journey.leads' },
      withoutStream(ofLead('lead.disqualified', 2)),
    ),
    kind(
      'version 0',
      { parked: 'bad-record', topic: 'journey.leads' },
      versioned(ofLead('lead.disqualified', 2), '0'),
    ),
    kind(
      'version 3,000,000,000',
      { parked: 'unreadable', topic: 'journey.leads' },
      versioned(ofLead('lead.disqualified', 2), '3000000000'),
    ),
    kind(
      'a touch of the year 2099',
      { parked: 'time-ahead' },
      touch(minus('ce_time'), plus([['ce_time', '2099-01-01T00:00:00Z']])),
    ),
    kind(
      '30 February',
      { parked: 'bad-time' },
      touch(minus('ce_time'), plus([['ce_time', '2026-02-30T00:00:00Z']])),
    ),
    kind(
      'a recording time that is none',
      { parked: 'bad-record' },
      touch(minus('ce_recordedat'), plus([['ce_recordedat', 'now']])),
    ),
    kind(
      '150 fifth versions of leads that never began',
      { parked: 'waiting-for-version', topic: 'journey.leads', partition: 0 },
      ...inPartition(150, 0, partitions, (key) =>
        event('lead.disqualified', { data: { lead: key }, stream: { id: key, version: 5 } }),
      ),
    ),
    kind(
      '60 facts whose source no table takes',
      { parked: 'bad-record', partition: 0 },
      ...inPartition(60, 0, partitions, (key) => ({
        ...touch(minus('ce_source'), plus([['ce_source', 'a\0b']])),
        key,
      })),
    ),
    ...hostileBatches(partitions),
  ];
}
