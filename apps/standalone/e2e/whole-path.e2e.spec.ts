import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deliver } from '@throughline/client';
import { eventually } from '@throughline/log/testing';
import type { TableDigest } from '@throughline/projection';
import { sampleCompany } from '@throughline/sample';
import { oneProcess, type OneProcess } from '../src/testing/one-process.ts';
import { describeOnEachLog, testLog, type TestLog } from '../src/testing/test-logs.ts';

const sends = sampleCompany();
const opened = sends.filter((send) => send.kind === 'command' && send.command === 'open');
/** A reactor converts the lead of every deal that is opened from one; nobody sends that. */
const converted = opened.filter(({ data }) => (data as { leads: string[] }).leads.length > 0).length;
const ACCOUNT = 'sim-account-alder-works';
const MILESTONES = [
  ...['lead.captured', 'lead.qualified', 'lead.offered', 'lead.accepted', 'opportunity.opened'],
  ...['lead.converted', 'opportunity.won'],
];

/** Of the logs that were told the sample company in this file, in their order. */
const contents: { readonly kind: string; readonly digests: readonly TableDigest[] }[] = [];

interface Proof {
  readonly state: string;
  readonly result: { readonly equal: boolean; readonly credit: { credits: number; inForce: string } } | null;
}
/** Digests of all credit in force, by log. */
const credits = new Map<string, string>();

describeOnEachLog('the whole path of the sample company', (kind) => {
  let own: TestLog;
  let services: OneProcess;
  let refusals: readonly string[];

  beforeAll(async () => {
    own = await testLog(kind);
    services = await oneProcess({ log: own.log });
    const heard: string[] = [];
    await deliver(sends, services.client, {
      batchSize: 200,
      onRefused: (_, reason) => heard.push(reason),
    });
    refusals = heard;
    await services.settled();
  });
  afterAll(async () => {
    await services.stop();
    await own.close();
  });

  it('I6: takes every send, and every event is applied, none parked, none twice', async () => {
    expect(refusals).toEqual([]);
    const events = sends.length + converted;
    expect(await services.journeys.accounting()).toEqual({
      ...{ accepted: events, applied: events, parked: 0, duplicates: 0, balanced: true },
    });
  });

  it('I4: has the content digests of every other log', async () => {
    const digests = await services.journeys.digests('content');
    expect(digests.find(({ table }) => table === 'opportunity')?.rows).toBe(opened.length);
    for (const other of contents) expect({ kind: other.kind, digests }).toEqual(other);
    contents.push({ kind, digests });
  });

  it('I4: credits every deal as from scratch, proven against the log, and as over every other log', async () => {
    await services.client.post('attribution', '/v1/credit/verify');
    let proof: Proof = { state: 'running', result: null };
    await eventually('the end of the proof', async () => {
      proof = await services.client.get<Proof>('attribution', '/v1/credit/verify');
      return proof.state !== 'running';
    });
    expect(proof).toMatchObject({ state: 'done', result: { equal: true } });
    expect(proof.result?.credit.credits).toBeGreaterThan(100);
    credits.set(kind, proof.result?.credit.inForce ?? '');
    expect(new Set(credits.values()).size).toBe(1);
  });

  it('tells one account from the first exposure, anonymous then, to the deal that was won', async () => {
    const journey = await services.journeys.timeline('account', ACCOUNT);
    const times = journey.map(({ when }) => when.at ?? '');
    expect(times).toEqual(times.toSorted());
    const known = new Set(['account.described', 'identity.linked']);
    const happened = journey.filter(({ name }) => !known.has(name));
    const named = happened.findIndex(({ anonymous }) => !anonymous);
    const touchTypes = happened.slice(0, named).map(({ data }) => data['touchType']);
    expect(touchTypes).toEqual(['ad-impression', 'ad-click', 'page-view', 'content-download']);
    const stages = happened.map(({ name }) => name).filter((name) => MILESTONES.includes(name));
    expect(stages).toEqual(MILESTONES);
    expect(journey.at(-1)?.name).toBe('opportunity.won');
  });

  it('I4: rebuilds beside the live version to equal digests, and verifies against the log', async () => {
    const before = await services.journeys.digests('full');
    const rebuilt = await services.journeys.rebuild();
    expect(rebuilt).toMatchObject({ equal: true, switched: true });
    expect(await services.journeys.schema()).toBe(rebuilt.schema);
    expect(await services.journeys.digests('full')).toEqual(before);
    const { equal, eventsRead } = await services.journeys.verify();
    expect([equal, Number(eventsRead)]).toEqual([true, sends.length + converted]);
  });

  it('I4: finds a single cell that its owner altered, and names the table', async () => {
    const schema = await services.journeys.schema();
    const { rowCount } = await services.database.query(
      `update "${schema}".opportunity set amount = amount + 1
        where opportunity = (select min(opportunity) from "${schema}".opportunity where amount is not null)`,
    );
    expect(rowCount).toBe(1);
    const { equal, tables } = await services.journeys.verify();
    expect(equal).toBe(false);
    expect(tables.filter((it) => !it.equal).map(({ table }) => table)).toEqual(['opportunity']);
  });
});
