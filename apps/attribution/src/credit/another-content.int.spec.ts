import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent, toRecord, type JourneyEvent } from '@throughline/contracts';
import { partitionOf, type Batch, type Log, type Subscription } from '@throughline/log';
import { verifyCredit } from '../proof/verify-credit.ts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { linked, opened, touch, unlinked, won } from '../testing/story.ts';
import { CREDIT_DEALS } from './credit-deals-when-journeys-change.reactor.ts';

type Content = (n: number) => JourneyEvent;

/** Of the contents of one event id, two that have keys of different partitions. */
function twoOf(make: Content): readonly [JourneyEvent, JourneyEvent] {
  const partition = (event: JourneyEvent) => partitionOf(toRecord(event).key, 3);
  const first = make(0);
  const another = Array.from({ length: 20 }, (_, n) => make(n + 1)).find(
    (it) => partition(it) !== partition(first),
  );
  if (!another) throw new Error('all keys are of one partition');
  return [first, another];
}

/** A log that brings the evidence the first of two events before the second, and credit the second before the first. */
function crossing(log: Log, [first, second]: readonly [JourneyEvent, JourneyEvent]): Log {
  const holds = (batch: Batch, event: JourneyEvent) =>
    batch.records.some(({ topic, key, value }) => {
      const sent = toRecord(event);
      return topic === sent.topic && key === sent.key && value.equals(sent.value);
    });
  const crossed = (subscription: Subscription): Subscription => {
    const [before, after] = subscription.group.includes(CREDIT_DEALS) ? [second, first] : [first, second];
    const came = Promise.withResolvers<null>();
    return {
      ...subscription,
      position: (topic, partition) => subscription.position(topic, partition),
      handle: async (batch, signal) => {
        if (holds(batch, after)) await came.promise;
        const position = await subscription.handle(batch, signal);
        if (holds(batch, before)) came.resolve(null);
        return position;
      },
    };
  };
  return {
    kind: log.kind,
    send: (...all) => log.send(...all),
    marks: (topic) => log.marks(topic),
    read: (range) => log.read(range),
    subscribe: (subscription) => log.subscribe(crossed(subscription)),
    createTopics: (topics) => log.createTopics(topics),
    checkTopics: (topics) => log.checkTopics(topics),
    close: () => log.close(),
  };
}

const many = Array.from({ length: 21 }, (_, n) => n);
const contents: Readonly<Record<string, Content>> = {
  'a membership': (n) => linked('same-id', '2026-01-01', 'person-in-account', `p${n}`, `a${n}`),
  'a membership that never was': (n) =>
    unlinked('same-id', '2026-03-05', { relation: 'person-in-account', from: `q${n}`, to: `a${n}` }),
  'who a visitor is': (n) => linked('same-id', '2026-01-01', 'visitor-is-person', `v${n}`, `r${n}`),
  'two persons that are one': (n) => linked('same-id', '2026-01-01', 'same-person', `r${n}`, `s${n}`),
  'a touch, and a membership': (n) =>
    n === 0
      ? touch('same-id', '2026-01-09', { account: 'a0', channel: 'fair' })
      : linked('same-id', '2026-01-01', 'person-in-account', `p${n}`, `a${n}`),
  'a membership, and what changes no credit': (n) =>
    n === 0
      ? linked('same-id', '2026-01-01', 'person-in-account', 'p0', 'a0')
      : sampleEvent('member.described', {
          sourceId: 'same-id',
          data: { member: `m${n}`, function: 'sales', name: null, manager: null },
        }),
  'a withdrawal, and a membership': (n) =>
    n === 0
      ? sampleEvent('touch.withdrawn', {
          sourceId: 'same-id',
          data: { touch: 't-q0', source: null, reason: null, by: null },
        })
      : linked('same-id', '2026-01-01', 'person-in-account', `p${n}`, `a${n}`),
};

describe.each(Object.entries(contents))('one event id with two contents, %s', (_, make) => {
  const both = twoOf(make);
  let service: RunningAttribution;
  beforeAll(async () => {
    service = await runningAttribution({ seen: (log) => crossing(log, both) });
    await service.send(
      ...many.flatMap((n) => [
        linked(`q${n}`, '2026-01-01', 'person-in-account', `q${n}`, `a${n}`),
        linked(`r${n}`, '2026-01-01', 'person-in-account', `r${n}`, `a${n}`),
        touch(`t-p${n}`, '2026-01-05', { person: `p${n}`, channel: 'ads' }),
        touch(`t-q${n}`, '2026-01-06', { person: `q${n}`, channel: 'email' }),
        touch(`t-v${n}`, '2026-01-07', { visitor: `v${n}`, channel: 'web' }),
        touch(`t-s${n}`, '2026-01-08', { person: `s${n}`, channel: 'phone' }),
        ...[opened(`d${n}`, '2026-01-01', `a${n}`), won(`d${n}`, 2, '2026-02-01', 100_00)],
      ]),
    );
    await service.settled();
  });
  afterAll(() => service.stop());

  it('I4: deals are credited by the one that stands, whichever credit hears of first', async () => {
    await service.send(...both);
    await service.settled();
    expect(await verifyCredit(service.database, async () => undefined)).toMatchObject({
      equal: true,
      differing: [],
    });
  });
});
