import { describe, expect, it } from '@jest/globals';
import { MOST_PLACES, parseAfter } from '@throughline/service';
import { batchAnswer } from './answers.ts';
import type { Taken } from './intake.ts';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const waiting = (count: number): Taken[] =>
  Array.from({ length: count }, (_, n) => ({ id: id(n), place: { kind: 'event', id: id(n) } }));
const bodyOf = (taken: readonly Taken[]) =>
  batchAnswer(taken).body as { after: string | null; results: readonly { after: string }[] };

describe('the answer to a batch', () => {
  it('names every fact that waits in the outbox, or none and leaves it to the results', () => {
    expect(parseAfter(bodyOf(waiting(MOST_PLACES)).after ?? '')).toHaveLength(MOST_PLACES);
    const { after, results } = bodyOf(waiting(MOST_PLACES + 1));
    expect(after).toBeNull();
    expect(results.map((result) => result.after)).toContain(`event/${id(MOST_PLACES)}`);
  });

  it('names the furthest place of each partition, which is as many as there are', () => {
    const stored: Taken[] = [7n, 9n, 8n].map((offset, n) => ({
      id: id(n),
      place: { kind: 'position', topic: 'journey.touches', partition: 3, offset },
    }));
    expect(bodyOf(stored).after).toBe('journey.touches/3/9');
    expect(bodyOf([]).after).toBeNull();
  });
});
