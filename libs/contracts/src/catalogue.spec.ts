import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { catalogue, definition, definitionOfType } from './catalogue.ts';
import { schemaFiles } from './json-schema.ts';
import { withdrawnTouch } from './identifiers.ts';
import { leadOffered } from './leads.ts';
import { sampleEvent } from './samples.ts';
import { touchRecorded } from './touches.ts';

const schemas = new URL('../schemas/', import.meta.url);

describe('the catalogue', () => {
  it('has one definition a name, found by name and by type', () => {
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(39);
    for (const entry of catalogue) {
      expect(definition(entry.name)).toBe(entry);
      expect(definitionOfType(`throughline.${entry.name}.v1`)).toBe(entry);
    }
    expect(definitionOfType('touch.recorded')).toBeUndefined();
  });

  it('names the route of every decision and of no fact', () => {
    for (const { kind, route } of catalogue) expect(route !== null).toBe(kind === 'decision');
    expect(leadOffered.route).toBe('POST /v1/leads/{leadId}/offer');
  });

  it('keys a fact by its own id, what overwrites by its entity, a decision by its stream', () => {
    const keys = catalogue.map((entry) => [entry.name, entry.key(entry.sample, 'event-id')]);
    expect(Object.fromEntries(keys)).toMatchObject({
      'touch.recorded': 'event-id',
      'touch.withdrawn': 'event-id',
      'campaign.spend-recorded': 'event-id',
      'account.described': 'account-1',
      'member.described': 'member-1',
      'identity.linked': '["visitor","visitor-1","person","person-1"]',
      'lead.captured': 'lead-1',
      'opportunity.opened': 'opportunity-1',
      'attribution-model.defined': 'time-decay',
      'exchange-rate.set': 'USD/EUR',
      'exchange-rate.withdrawn': 'USD/EUR',
      'credit.assigned': 'opportunity-1',
    });
  });

  it('finds the touch that is withdrawn by the id and source it was sent with', () => {
    const withdrawn = (source: string | null) => sampleEvent('touch.withdrawn', { data: { source } });
    const by = (source: string) => sampleEvent('touch.recorded', { source, sourceId: 'touch-1' }).id;
    expect(withdrawnTouch(withdrawn(null))).toBe(by('urn:throughline:sample'));
    expect(withdrawnTouch(withdrawn('crm'))).toBe(by('crm'));
  });

  it('I10 marks what is personal', () => {
    const personal = catalogue.flatMap(({ name, personal: paths }) => paths.map((path) => `${name} ${path}`));
    expect(personal).toEqual([
      'identity.linked traits.email',
      'identity.linked traits.name',
      'identity.linked traits.phone',
      'identity.linked traits.title',
      'member.described name',
      'lead.qualified reason',
      'lead.rejected note',
      'lead.followed-up note',
      'lead.recycled note',
      'lead.disqualified note',
      'opportunity.exception-granted reason',
      'opportunity.lost note',
    ]);
  });

  it('the checked-in JSON Schemas are those of the code', () => {
    const present = readdirSync(schemas).map((name) => [name, readFileSync(new URL(name, schemas), 'utf8')]);
    expect(Object.fromEntries(present)).toEqual(Object.fromEntries(schemaFiles()));
  });
});

describe('I2 unknown is null', () => {
  it('what is absent is null, and checking again changes nothing', () => {
    const touch = touchRecorded.schema.parse({ touchType: 'visit', kind: 'activity', cost: { amount: -0 } });
    expect(touch).toMatchObject({ visitor: null, person: null, team: null, attributes: null });
    expect(touch.cost).toEqual({ amount: 0, currency: null });
    for (const entry of catalogue) expect(entry.schema.parse(entry.sample)).toEqual(entry.sample);
  });

  it('an empty text is no value', () => {
    const touch = { touchType: 'visit', kind: 'activity', channel: ' ' };
    expect(touchRecorded.schema.safeParse(touch).success).toBe(false);
  });

  it('attributes keep null and absent apart, and are bounded', () => {
    const touch = (attributes: Record<string, string | null>) =>
      touchRecorded.schema.safeParse({ touchType: 'visit', kind: 'activity', attributes });
    const many = (size: number) =>
      Object.fromEntries(Array.from({ length: size }, (_, n) => [`key ${n}`, '']));
    expect(touch({ a: null, b: '' }).data?.attributes).toEqual({ a: null, b: '' });
    expect(touch(many(100)).success).toBe(true);
    expect(touch(many(101)).success).toBe(false);
    expect(touch({ a: 'x'.repeat(1001) }).success).toBe(false);
  });

  it('instants in data are normalised to UTC', () => {
    const offer = { lead: 'l', handOff: 'h', answerDue: '2026-03-01T10:00:00+02:00' };
    expect(leadOffered.schema.parse(offer)).toMatchObject({
      answerDue: '2026-03-01T08:00:00.000Z',
      clock: true,
    });
  });
});
