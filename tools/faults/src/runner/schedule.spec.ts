import { describe, expect, it } from '@jest/globals';
import { passing } from '../fault/faults.ts';
import { conflict, plan } from './schedule.ts';

const seeds = Array.from({ length: 60 }, (_, seed) => seed);

describe('the schedule of faults', () => {
  it('is the same for the same seed, and ends with the load', () => {
    for (const seed of seeds) {
      const planned = plan(seed, 60, passing);
      expect(plan(seed, 60, passing)).toEqual(planned);
      expect(planned.length).toBeGreaterThan(1);
      for (const { at, holds } of planned) expect(at + holds).toBeLessThanOrEqual(60);
    }
  });

  it('lets two meet only where they disturb different parts', () => {
    for (const seed of seeds) {
      const planned = plan(seed, 60, passing);
      for (const one of planned)
        for (const other of planned)
          if (one !== other && one.at <= other.at && other.at < one.at + one.holds)
            expect(conflict(one.fault, other.fault)).toBe(false);
    }
  });

  it('leaves the others where they were, whatever goes apart', () => {
    const together = passing.filter(({ apart }) => !apart);
    expect(together.length).toBeLessThan(passing.length);
    for (const seed of seeds)
      expect(plan(seed, 60, passing).filter(({ fault }) => !fault.apart)).toEqual(plan(seed, 60, together));
  });

  it('gives every fault its turn', () => {
    const met = new Set(seeds.flatMap((seed) => plan(seed, 60, passing).map(({ fault }) => fault.name)));
    expect([...met].sort()).toEqual(passing.map(({ name }) => name).sort());
    expect(new Set(passing.map(({ name }) => name)).size).toBe(passing.length);
  });
});
