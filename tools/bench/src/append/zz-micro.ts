import { canonicalJson, checkData, definition, eventId, toRecord } from '@throughline/contracts';
import { randomUUID, createHash } from 'node:crypto';
import { place, toColumns } from '../../../../libs/event-store/src/stored-event.ts';
import { followedUp } from './sample.ts';
function time(name: string, f: (n: number) => unknown) { for (let i=0;i<3000;i++) f(i); const t=performance.now(); const N=20000; for (let i=0;i<N;i++) f(i); console.log(name, ((performance.now()-t)*1000/N).toFixed(1),'us'); }
const cause = { commandId: 'abc', hash: 'x'.repeat(64), index: 0, source: 'https://crm.example', recordedAt: '2026-03-01T09:30:01.000Z', traceparent: null, tracestate: null };
const ev = followedUp('lead-1', 1);
time('place', (n) => place(ev, {...cause, commandId: randomUUID()}, { id: 'lead-1', version: n+1 }));
const p = place(ev, cause, { id: 'lead-1', version: 1 });
time('toColumns', (n) => toColumns(p, n));
time('stringify', (n) => JSON.stringify([toColumns(p, n)]));
time('toRecord', () => toRecord(p.event));
time('hash', () => createHash('sha256').update(canonicalJson([{stream:'lead-1',expected:1,events:[ev]}]),'utf8').digest('hex'));
time('canonicalJson', () => canonicalJson([{stream:'lead-1',expected:1,events:[ev]}]));
time('checkData', () => checkData(definition('lead.followed-up'), ev.data));
time('eventId', (n) => eventId('https://crm.example', 'a'+n));
time('uuid', () => randomUUID());
