import { describe, expect, it } from '@jest/globals';
import { checkData, definition, isEventName } from '@throughline/contracts';
import { SAMPLE_SOURCE, sampleCompany } from './index.ts';

describe('the sample company', () => {
  const sends = sampleCompany(1);

  it('is the same for the same seed and another for another', () => {
    expect(sampleCompany(1)).toEqual(sends);
    expect(sampleCompany(2)).not.toEqual(sends);
  });

  it('names every send once and is labelled as simulated (I2)', () => {
    const ids = sends.map((send) => (send.kind === 'fact' ? send.id : send.commandId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(sends.map((send) => send.source))).toEqual(new Set([SAMPLE_SOURCE]));
    const entities = sends.flatMap((send) => (send.kind === 'command' ? [send.on] : []));
    expect(entities.filter((id) => !id.startsWith('sim-'))).toEqual([]);
  });

  it('says only facts that their contracts take', () => {
    const facts = sends.filter((send) => send.kind === 'fact');
    expect(facts.length).toBeGreaterThan(300);
    for (const { name, data } of facts) {
      if (!isEventName(name)) throw new Error(`no event is called ${name}`);
      expect(() => checkData(definition(name), data)).not.toThrow();
    }
  });

  it('corrects what it told wrongly: a touch is withdrawn, and another told', () => {
    const facts = sends.filter((send) => send.kind === 'fact');
    const withdrawals = facts.filter(({ name }) => name === 'touch.withdrawn');
    expect(withdrawals.length).toBeGreaterThan(1);
    for (const { data } of withdrawals) {
      const at = facts.findIndex(({ id }) => id === (data as { touch: string }).touch);
      expect([at, at + 1, at + 2].map((n) => facts[n]?.name)).toEqual([
        'touch.recorded',
        'touch.withdrawn',
        'touch.recorded',
      ]);
    }
  });

  it('tells every turn that a hand-off and a deal can take', () => {
    const commands = new Set(sends.flatMap((send) => (send.kind === 'command' ? [send.command] : [])));
    for (const turn of ['accept', 'reject', 'expire-offer', 'recycle', 'return', 'disqualify', 'win', 'lose'])
      expect(commands).toContain(turn);
  });
});
