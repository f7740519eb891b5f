import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { observedLog, readAll } from '@throughline/log';
import { eventually } from '@throughline/log/testing';
import { names, observeLog } from '@throughline/telemetry';
import { recordedTelemetry, type RecordedTelemetry } from '@throughline/telemetry/testing';
import { batch, touches } from '../src/testing/facts.ts';
import { oneProcess, type OneProcess } from '../src/testing/one-process.ts';
import { describeOnEachLog, testLog, type TestLog } from '../src/testing/test-logs.ts';

const TOPIC = 'journey.touches';
/** Whoever reads touches: the consumer group of each. */
const READERS = ['projected.journeys', 'projected.attribution', 'reacted.credit_deals_when_journeys_change'];
const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
/** 50 traces that began elsewhere, each with a span and a state of its own. */
const callers = Array.from({ length: 50 }, (_, at) => ({
  ...{ traceId: hex(at + 0xa0, 32), spanId: hex(at + 0xb0, 16), tracestate: `shop=${at}` },
}));
const events = touches('traced', callers.length).map((event, at) => {
  const { traceId, spanId, tracestate } = callers[at] as (typeof callers)[number];
  return { ...event, traceparent: `00-${traceId}-${spanId}-01`, tracestate };
});

type Span = ReturnType<RecordedTelemetry['spans']>[number];
/** Which span it is, in which trace. */
const nameOf = (span: Pick<ReturnType<Span['spanContext']>, 'traceId' | 'spanId'> | undefined) =>
  span && `${span.traceId}/${span.spanId}`;
const own = (span: Span | undefined) => nameOf(span?.spanContext());
const parent = (span: Span) => nameOf(span.parentSpanContext);
const groupOf = (span: Span) => span.attributes[names.messaging.group];
const links = (span: Span | undefined) => span?.links.map(({ context }) => nameOf(context));

describeOnEachLog('50 events of 50 traces in one batch', (kind) => {
  let log: TestLog;
  let services: OneProcess;
  const { telemetry, spans, reset } = recordedTelemetry('standalone');

  beforeAll(async () => {
    log = await testLog(kind);
    const observed = observedLog(log.log, observeLog(telemetry, kind));
    services = await oneProcess({ log: observed, telemetry, partitions: 1 });
    await services.client.emit(...batch(touches('first', 1)));
    await services.settled();
    await eventually('the first to be received', () => spans(`receive ${TOPIC}`).length === READERS.length);
    reset();
    await services.client.emit(...batch(events));
    await services.settled();
    await eventually('the batch to be received', () => spans(`receive ${TOPIC}`).length === READERS.length);
  });
  afterAll(async () => {
    await services.stop();
    await log.close();
  });

  it('accepts each in its own trace, under the span of its caller', () => {
    const accepts = spans('accept event');
    expect(accepts.map(parent)).toEqual(callers.map(nameOf));
    expect(accepts.map((span) => span.spanContext().traceId)).toEqual(callers.map(({ traceId }) => traceId));
  });

  it.each([
    ['send', 'append', undefined],
    ...READERS.map((reader) => ['receive', 'process', reader] as const),
  ])(
    'has one %s span in a trace of its own, linked both ways with all of them',
    (carries, touchesEach, reader) => {
      const of = (name: string) => spans(`${name} ${TOPIC}`).filter((span) => groupOf(span) === reader);
      const accepts = spans('accept event').map(own);
      const [carrier, ...more] = of(carries);
      expect(more).toEqual([]);
      expect(carrier?.parentSpanContext).toBeUndefined();
      expect(callers.map(({ traceId }) => traceId)).not.toContain(carrier?.spanContext().traceId);
      expect(links(carrier)).toEqual(accepts);
      expect(carrier?.attributes[names.messaging.batchCount]).toBe(callers.length);

      const each = of(touchesEach);
      expect(each.map(parent)).toEqual(accepts);
      expect(each.map((span) => span.spanContext().traceId)).toEqual(callers.map(({ traceId }) => traceId));
      expect(each.map(links)).toEqual(callers.map(() => [own(carrier)]));
    },
  );

  it('writes no other span, and carries the context of each accept span on the log unchanged', async () => {
    const ofReaders = (name: string) => READERS.map(() => `${name} ${TOPIC}`);
    const batchSpans = [`send ${TOPIC}`, ...ofReaders('receive'), 'accept POST /v1/events'];
    const eventSpans = ['accept event', `append ${TOPIC}`, ...ofReaders('process')];
    const expected = [...batchSpans, ...callers.flatMap(() => eventSpans)];
    expect(
      spans()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(expected.sort());

    const carried: unknown[] = [];
    for await (const { records } of readAll(log.log, TOPIC))
      carried.push(...records.map(({ headers }) => [headers['traceparent'], headers['tracestate']]));
    const contexts = spans('accept event').map((span) => span.spanContext());
    expect(carried.slice(1)).toEqual(
      contexts.map(({ traceId, spanId }, at) => [`00-${traceId}-${spanId}-01`, `shop=${at}`]),
    );
  });
});
