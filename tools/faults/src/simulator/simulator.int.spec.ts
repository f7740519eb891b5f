import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCorpus } from './corpus.ts';
import { hunt } from './hunt.ts';
import { simulate } from './simulate.ts';
import { World } from './world.ts';

/** The same histories every time, so that a failure here is never a matter of luck; the command takes others. */
const SEED = 20_261_122;
const LANES = 3;

describe('the path from a command to a table', () => {
  let worlds: World[];
  beforeAll(async () => {
    worlds = await Promise.all(Array.from({ length: LANES }, () => World.open('simulator')));
  });
  afterAll(() => Promise.all(worlds.map((world) => world.close())));

  it('I1 to I7: holds in every history that it once broke in', async () => {
    const [world] = worlds;
    for (const { plan } of readCorpus().values()) if (world) await simulate(world, plan);
  });

  it('I1 to I7: 200 random histories under crashes, lost answers and zombies leave nothing lost, doubled or stuck', async () => {
    const caught = await hunt(worlds, { seed: SEED, runs: 200, shrink: true });
    const again = `npm run faults -- simulate --seed ${caught?.seed} --path ${caught?.path}`;
    expect(caught && { broke: caught.broke.split('\n'), again, story: caught.story.slice(-60) }).toBeNull();
  }, 300_000);
});
