import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { recovered } from './recovered.ts';

const PIECE = Buffer.alloc(1_048_576);

/** Fault 11, where PostgreSQL has a small disk of its own. */
export const diskFull: Fault = {
  ...{ number: 11, name: 'disk-full', on: ['postgres'], needs: 'disk', holds: [3, 8] },
  what: 'not a byte is left on the disk of PostgreSQL, for data and WAL alike',
  heals: 'room is made; PostgreSQL is started where it gave up; services recover by themselves',
  async start(attack) {
    const { world, did } = attack;
    const balloon = join(world.postgres.directory, 'balloon');
    const filled = await fill(balloon);
    did(`${filled} MB filled`);
    return async () => {
      await rm(balloon);
      if (!world.postgres.isRunning) {
        await world.postgres.stop();
        await world.postgres.start();
        did('PostgreSQL had ended');
      }
      await recovered(attack);
    };
  },
};

/** Writes until there is no room. @returns how many MB that took */
async function fill(path: string): Promise<number> {
  const file = await open(path, 'w');
  let megabytes = 0;
  try {
    for (;;) {
      await file.writeFile(PIECE);
      megabytes += 1;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return megabytes;
  } finally {
    await file.close();
  }
}
