import { describe, expect, it } from '@jest/globals';
import type { BenchContext } from '../bench.ts';
import { attributionBench } from './index.ts';
import { distinctPaths, simulatedPaths } from './simulated-paths.ts';

describe('the attribution bench', () => {
  it('measures every part at any scale', async () => {
    const measured: string[] = [];
    const drawn: string[] = [];
    const context = {
      scale: 0.002,
      report: { progress: () => undefined },
      measure: (name: string) => measured.push(name),
      plot: (name: string) => drawn.push(name),
    };
    await attributionBench.run(context as unknown as BenchContext);
    expect(measured).toHaveLength(8);
    expect(drawn).toEqual(['attribution-journeys', 'attribution-channels', 'attribution-order']);
  });

  it('simulates the same journeys every time, and paths that are distinct', () => {
    const options = { journeys: 50, channels: 12, seed: 1 };
    expect([...simulatedPaths(options)]).toEqual([...simulatedPaths(options)]);
    const paths = distinctPaths(500, { channels: 12, seed: 1 });
    expect(new Set(paths.map(({ channels }) => channels.join('>'))).size).toBe(500);
  });
});
