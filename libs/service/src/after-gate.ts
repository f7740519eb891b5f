import type { Log } from '@throughline/log';
import type { Reached } from '@throughline/projection';
import { z } from 'zod';
import { parseAfter, unreadableAfter, type After } from './after.ts';
import { ProblemError } from './problem.ts';

const MOST_SECONDS = 30;
/** All of them look into the database in one statement, which this keeps small. */
const MOST_WAITING = 100;

/** `?after=` and `?wait=` of a query. */
export const afterParameters = {
  after: z
    .string()
    .max(4000)
    .optional()
    .describe('the `after` of the answer to your write: read what became of it'),
  wait: z.coerce
    .number<string>()
    .min(0)
    .max(MOST_SECONDS)
    .default(5)
    .describe('seconds to wait for `after`, 5 unless told'),
};

/** How a service comes to show what its callers wrote. */
export interface AfterGateOptions {
  readonly log: Pick<Log, 'marks'>;
  /** what it reads */
  readonly topics: readonly string[];
  /** @returns what became of each place within `ms`, in any order */
  readonly reached: (places: readonly string[], ms: number) => Promise<readonly Reached[]>;
  /** what is done with what is read, and the routes that tell what was parked and how far it is behind */
  readonly done: 'applied' | 'credited';
  readonly parked: string;
  readonly lag: string;
}

/** Lets a query wait until what its caller wrote can be read; a hundred places at once, no more. */
export class AfterGate {
  #waiting = 0;

  constructor(private readonly options: AfterGateOptions) {}

  /**
   * @param after as a write's answer gave it; undefined waits for nothing
   * @throws ProblemError when it cannot be read within `seconds`, is parked, or there is no such place
   */
  async passed(after: string | undefined, seconds: number): Promise<void> {
    if (after === undefined) return;
    const places = parseAfter(after);
    const { topics, done, parked, lag } = this.options;
    for (const place of places)
      if (place.kind === 'position' && !topics.includes(place.topic)) throw noSuch(place);
    const reached = await this.#wait(places, seconds * 1000);
    if (reached.includes('parked')) {
      throw refusal(
        'waits-behind-poison',
        `What you wrote is in the log but could not be ${done}; it is parked.`,
        `GET ${parked} says why. Without \`after\` you read what is ${done}.`,
      );
    }
    if (reached.includes('timed-out')) {
      await this.#refuseNoPartition(places);
      throw refusal(
        'not-yet-applied',
        `What you wrote is kept, but not ${done} here after ${seconds} s.`,
        `Send the same query again, with a longer \`wait\` if you like. GET ${lag} tells the lag.`,
      );
    }
  }

  async #wait(places: readonly After[], ms: number): Promise<readonly Reached[]> {
    if (this.#waiting > 0 && this.#waiting + places.length > MOST_WAITING) {
      throw refusal(
        'too-many-waiting',
        'Too many queries wait for their own writes at the moment.',
        `Send the same query again later; without \`after\` you read what is ${this.options.done}.`,
      );
    }
    this.#waiting += places.length;
    try {
      return await this.options.reached(places.map(tokenOf), ms);
    } finally {
      this.#waiting -= places.length;
    }
  }

  /** Only what was waited for in vain is looked up; while the log is away nothing is known to be missing. */
  async #refuseNoPartition(places: readonly After[]): Promise<void> {
    for (const place of places) {
      if (place.kind === 'event') continue;
      const marks = await this.options.log.marks(place.topic).catch(() => null);
      if (marks?.every(({ partition }) => partition !== place.partition)) throw noSuch(place);
    }
  }
}

const statuses = { 'not-yet-applied': 503, 'too-many-waiting': 503, 'waits-behind-poison': 409 } as const;

function refusal(code: keyof typeof statuses, detail: string, remedy: string): ProblemError {
  return new ProblemError({ status: statuses[code], code, detail, field: 'after', remedy });
}

function tokenOf(place: After): string {
  return place.kind === 'event' ? `e.${place.id}` : `p.${place.topic}.${place.partition}.${place.offset}`;
}

function noSuch(place: After & { kind: 'position' }): ProblemError {
  return unreadableAfter(`The log has no partition ${place.partition} of a topic ${place.topic}.`);
}
