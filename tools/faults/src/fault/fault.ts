import type { SeededRandom } from '@throughline/sample';
import type { Load } from '../runner/load.ts';
import type { Instance, World } from '../runner/world.ts';

export type Part = Instance | 'postgres' | 'kafka';

/** What a fault works with. */
export interface Attack {
  readonly world: World;
  readonly load: Load;
  readonly random: SeededRandom;
  /** tells what was done, in a few words, for the report */
  readonly did: (what: string) => void;
}

/** What only an operator mends: brought about when all else was judged, and judged by itself. */
export interface Loss extends Pick<Fault, 'number' | 'name' | 'what' | 'heals' | 'needs' | 'where'> {
  /** @returns what speaks against the promise that readers halt, say so, and let all else go on */
  bring(world: World): Promise<string[]>;
}

export type Heal = () => Promise<void>;

/** Something that goes wrong in production, and how it ends. */
export interface Fault {
  /** in the matrix of the README */
  readonly number: number;
  readonly name: string;
  readonly what: string;
  readonly heals: string;
  /** what it disturbs: no other fault has these meanwhile */
  readonly on: readonly Part[];
  /** what must be well while it begins and heals, and others may use as well */
  readonly beside?: readonly Part[];
  /** `kafka`: a broker; `disk`: a small disk for PostgreSQL, which root can mount on Linux */
  readonly needs?: 'kafka' | 'disk';
  /** where it makes sense: with the services apart, in one process, or both; apart unless told */
  readonly where?: 'one' | 'both';
  /** planned after all others, on a lane of its own, so that what those do in a seed stays as it was */
  readonly apart?: true;
  /** seconds from the start to the healing: lowest and highest, or what it takes of those that are left */
  readonly holds: readonly [number, number] | ((left: number) => number);
  start(attack: Attack): Promise<Heal>;
}
