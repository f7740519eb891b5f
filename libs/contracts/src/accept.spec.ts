import { describe, expect, it } from '@jest/globals';
import { acceptFact } from './accept.ts';
import type { CloudEvent } from './cloud-event.ts';
import { ContractError } from './contract.error.ts';
import { eventId } from './identifiers.ts';

const recordedAt = '2026-03-01T09:30:01.000Z';
const data = { touchType: 'demo', kind: 'activity' };
const attributes = { specversion: '1.0', id: 'e-1', source: 'crm', type: 'throughline.touch.recorded.v1' };
const sent = (changes: Record<string, string>, changedData: unknown = data): CloudEvent => ({
  attributes: { ...attributes, ...changes },
  data: changedData,
});
const refusal = (event: CloudEvent): ContractError => {
  try {
    acceptFact(event, recordedAt);
  } catch (error) {
    if (error instanceof ContractError) return error;
    throw error;
  }
  throw new Error('was taken');
};

describe('taking a fact', () => {
  it('I2 adds nothing but when it was taken', () => {
    const event = acceptFact(sent({ inferred: 'time, channel,,time' }), recordedAt);
    const id = eventId('crm', 'e-1');
    expect(event).toMatchObject({
      id,
      key: id,
      source: 'crm',
      sourceId: 'e-1',
      recordedAt,
      occurredAt: null,
      precision: 'unknown',
      inferred: ['channel', 'time'],
      stream: null,
      data: { ...data, person: null, channel: null, cost: null },
    });
  });

  it.each([
    ['wrong-spec-version', 'specversion', sent({ specversion: '0.3' })],
    ['missing-attribute', 'id', sent({ id: '' })],
    ['bad-attribute', 'source', sent({ source: 'x'.repeat(201) })],
    ['unknown-type', 'type', sent({ type: 'touch.recorded' })],
    ['unknown-type', 'type', sent({ type: 'throughline.touch.recorded.v0' })],
    ['future-version', 'type', sent({ type: 'throughline.touch.recorded.v2' })],
    ['decision-type', 'type', sent({ type: 'throughline.lead.offered.v1' })],
    ['bad-time', 'time', sent({ time: '2026-02-30T00:00:00Z' })],
    ['time-ahead', 'time', sent({ time: '2026-03-02T09:30:02Z' })],
    ['bad-precision', 'precision', sent({ precision: 'day' })],
    ['bad-attribute', 'inferred', sent({ inferred: 'x'.repeat(201) })],
    ['invalid-data', 'datacontenttype', sent({ datacontenttype: 'text/xml' })],
    ['invalid-data', '/data', sent({}, [])],
    ['invalid-data', '/data/kind', sent({}, { touchType: 'demo' })],
    ['invalid-data', '/data/touchType', sent({}, { ...data, touchType: 'Demo Call' })],
    ['invalid-data', '/data/colour', sent({}, { ...data, colour: 'red' })],
    ['invalid-data', '/data/utm/raw/a~1b', sent({}, { ...data, utm: { raw: { 'a/b': 1 } } })],
    ['invalid-data', '/data/cost/amount', sent({}, { ...data, cost: { amount: 0.5 } })],
    ['invalid-data', '/data/attributes/size', sent({}, { ...data, attributes: { size: 3 } })],
  ])('I6 %s at %s, with a remedy', (code, field, event) => {
    expect(refusal(event)).toMatchObject({ code, field });
    expect(refusal(event).remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('counts characters as the schemas do: one beyond the basic plane is one', () => {
    const long = '\u{1F4A5}'.repeat(200);
    const event = acceptFact(sent({ id: long, source: long, inferred: long }), recordedAt);
    expect(event).toMatchObject({ sourceId: long, source: long, inferred: [long] });
    expect(refusal(sent({ id: `${long}x` }))).toMatchObject({ code: 'bad-attribute', field: 'id' });
    expect(refusal(sent({ inferred: `${long}x` }))).toMatchObject({ code: 'bad-attribute' });
  });

  it('names the route of a decision', () => {
    const remedy = 'Use POST /v1/leads/{leadId}/offer.';
    expect(refusal(sent({ type: 'throughline.lead.offered.v1' })).remedy).toBe(remedy);
  });

  it('I10 a refusal does not repeat what was sent', () => {
    const event = sent({}, { ...data, channel: { email: 'ada@example.com' }, kind: 'ada@example.com' });
    expect(refusal(event).message).not.toContain('ada');
  });
});
