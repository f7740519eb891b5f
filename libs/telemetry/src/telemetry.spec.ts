import { describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { recordedTelemetry } from './testing/index.ts';
import { startTelemetry, observeLog, type TraceContext } from './index.ts';

const done = () => Promise.resolve();

describe('the spans of one event', () => {
  it('accepts in the trace of the caller and hands on the context of its own span', async () => {
    const { telemetry, spans } = recordedTelemetry();
    const incoming = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'shop=1' };
    const own = await telemetry.accept('POST /v1/events', incoming, (context) => Promise.resolve(context));
    const [accept] = spans();
    expect(accept?.spanContext().traceId).toBe('a'.repeat(32));
    expect(accept?.parentSpanContext?.spanId).toBe('b'.repeat(16));
    expect(accept?.kind).toBe(SpanKind.PRODUCER);
    expect(own).toEqual({
      traceparent: `00-${'a'.repeat(32)}-${accept?.spanContext().spanId}-01`,
      tracestate: 'shop=1',
    });
  });

  it('begins a trace where the caller sent none, or a malformed one', async () => {
    const { telemetry, spans } = recordedTelemetry();
    await telemetry.accept('x', { traceparent: null, tracestate: null }, done);
    await telemetry.accept('x', { traceparent: '00-zz', tracestate: null }, done);
    expect(spans().map((span) => span.parentSpanContext)).toEqual([undefined, undefined]);
  });

  it('appends a decision to the store under its accept span', async () => {
    const { telemetry, spans } = recordedTelemetry();
    await telemetry.accept('POST offer', { traceparent: null, tracestate: null }, (own) =>
      telemetry.append('lead-1', own, done),
    );
    const [append, accept] = spans();
    expect(append?.parentSpanContext?.spanId).toBe(accept?.spanContext().spanId);
    expect(append?.name).toBe('append store');
  });
});

describe('the spans of a batch', () => {
  it('links 200 traces both ways, send and receive each in a trace of its own', async () => {
    const { telemetry, spans, reset } = recordedTelemetry();
    const contexts: TraceContext[] = [];
    for (let at = 0; at < 200; at += 1) {
      await telemetry.accept('x', { traceparent: null, tracestate: null }, (own) =>
        Promise.resolve(contexts.push(own)),
      );
    }
    const accepts = spans();
    reset();

    const log = observeLog(telemetry, 'kafka');
    const records = contexts.map(({ traceparent }, at) => ({
      headers: { ce_id: `e${at}`, traceparent: traceparent ?? '' },
      offset: BigInt(at),
    }));
    await log.send('journey.touches', records, done);
    const batch = { topic: 'journey.touches', partition: 2, records, group: 'journeys' };
    await log.receive(batch, () => log.process(batch, done));

    const [send, receive] = [spans('send journey.touches')[0], spans('receive journey.touches')[0]];
    for (const carrier of [send, receive]) {
      expect(carrier?.parentSpanContext).toBeUndefined();
      expect(carrier?.links.map((link) => link.context.spanId)).toEqual(
        accepts.map((accept) => accept.spanContext().spanId),
      );
      expect(accepts.map((accept) => accept.spanContext().traceId)).not.toContain(
        carrier?.spanContext().traceId,
      );
      expect(carrier?.attributes).toMatchObject({
        'messaging.system': 'kafka',
        'messaging.batch.message_count': 200,
      });
    }
    expect(send?.spanContext().traceId).not.toBe(receive?.spanContext().traceId);

    for (const [name, carrier] of [
      ['append journey.touches', send],
      ['process journey.touches', receive],
    ] as const) {
      const each = spans(name);
      expect(each.map((span) => span.parentSpanContext?.spanId)).toEqual(
        accepts.map((accept) => accept.spanContext().spanId),
      );
      expect(new Set(each.map((span) => span.links[0]?.context.spanId))).toEqual(
        new Set([carrier?.spanContext().spanId]),
      );
    }
    expect(spans('process journey.touches')[3]?.attributes).toMatchObject({
      'messaging.message.id': 'e3',
      'messaging.kafka.offset': '3',
      'messaging.destination.partition.id': '2',
      'messaging.consumer.group.name': 'journeys',
    });
  });

  it('marks every span of a batch that failed and throws the cause on', async () => {
    const { telemetry, spans } = recordedTelemetry();
    const records = [{ headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } }];
    const broken = observeLog(telemetry, 'kafka').send('t', records, () =>
      Promise.reject(new TypeError('no')),
    );
    await expect(broken).rejects.toThrow('no');
    expect(spans().map((span) => span.status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.ERROR]);
    expect(spans().map((span) => span.attributes['error.type'])).toEqual(['TypeError', 'TypeError']);
  });
});

describe('without an exporter', () => {
  it('still gives every request a context of its own', async () => {
    const telemetry = startTelemetry('touches', {});
    const own = await telemetry.accept('x', { traceparent: null, tracestate: null }, (context) => {
      expect(telemetry.current()).toEqual(context);
      return Promise.resolve(context);
    });
    expect(own.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await telemetry.shutdown();
  });

  it('goes on in the trace of the caller, with its flags and state, under an id of its own', async () => {
    const telemetry = startTelemetry('touches', {});
    const incoming = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`, tracestate: 'shop=1' };
    const own = await telemetry.accept('x', incoming, (context) => Promise.resolve(context));
    expect(own.traceparent).toMatch(/^00-a{32}-(?!b{16})[0-9a-f]{16}-00$/);
    expect(own.tracestate).toBe('shop=1');
  });

  it('reads nothing of the records that go by', async () => {
    const log = observeLog(startTelemetry('touches', {}), 'kafka');
    const unread: { headers: Record<string, string> }[] = [
      {
        get headers(): Record<string, string> {
          throw new Error('a header was read');
        },
      },
    ];
    const batch = { topic: 't', partition: 0, records: unread };
    const work = () => Promise.resolve('done');
    expect(await log.send('t', unread, work)).toBe('done');
    expect(await log.receive(batch, () => log.process(batch, work))).toBe('done');
  });
});
