import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { extract, inject, linksTo, spanContextOf, traceContextOf } from './index.ts';

const hex = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((id) => !/^0+$/.test(id));

describe('trace context', () => {
  it('comes out of headers as it was put in', () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.constantFrom('00', '01'), (traceId, spanId, flags) => {
        const context = { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: null };
        expect(extract(inject(context))).toEqual(context);
        const span = spanContextOf(context);
        expect(span && traceContextOf(span)).toEqual(context);
      }),
    );
  });

  it('reads the Buffers and arrays that Kafka clients hand over', () => {
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    expect(extract({ traceparent: Buffer.from(traceparent) }).traceparent).toBe(traceparent);
    expect(extract({ traceparent: [Buffer.from(traceparent), 'x'] }).traceparent).toBe(traceparent);
  });

  it('takes anything malformed for absent and never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (traceparent, tracestate) => {
        expect(extract({ traceparent, tracestate })).toEqual({ traceparent: null, tracestate: null });
      }),
    );
    const zero = `00-${'0'.repeat(32)}-${'2'.repeat(16)}-01`;
    expect(extract({ traceparent: zero }).traceparent).toBeNull();
  });

  it('links a span once however often it is named', () => {
    const one = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, tracestate: null };
    expect(linksTo([one, one, { traceparent: null, tracestate: null }])).toHaveLength(1);
  });
});
