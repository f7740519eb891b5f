import { Inject, Injectable } from '@nestjs/common';
import { TOPICS } from '@throughline/contracts';
import { type ProjectionRunner, type Reached } from '@throughline/projection';
import { type After, parseAfter, type ProblemError, unreadableAfter } from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../journeys.error.ts';
import type { JourneysDeps } from '../journeys.module.ts';
import { DEPS, RUNNER } from '../journeys.tokens.ts';

const MOST_SECONDS = 30;
/** All of them look into the database in one statement, which this keeps small. */
const MOST_WAITING = 100;
const topics: readonly string[] = TOPICS;

export const afterParameters = {
  after: z
    .string()
    .max(4000)
    .optional()
    .describe('the `after` of the answer to your write: read your own write'),
  wait: z.coerce
    .number<string>()
    .min(0)
    .max(MOST_SECONDS)
    .default(5)
    .describe('seconds to wait for `after`, 5 unless told'),
};

/** Lets a query wait until what its caller wrote can be read here; a hundred places at once, no more. */
@Injectable()
export class AfterGate {
  #waiting = 0;

  constructor(
    @Inject(RUNNER) private readonly runner: ProjectionRunner,
    @Inject(DEPS) private readonly deps: Pick<JourneysDeps, 'log'>,
  ) {}

  /**
   * @param after as a write's answer gave it; undefined waits for nothing
   * @throws ProblemError when it is not applied within `seconds`, parked, or there is no such place
   */
  async passed(after: string | undefined, seconds: number): Promise<void> {
    if (after === undefined) return;
    const places = parseAfter(after);
    for (const place of places)
      if (place.kind === 'position' && !topics.includes(place.topic)) throw noSuch(place);
    const reached = await this.wait(places, seconds * 1000);
    if (reached.includes('parked')) {
      throw refusal(
        'waits-behind-poison',
        'What you wrote is in the log but could not be applied; it is parked.',
        {
          field: 'after',
          remedy: 'GET /v1/parked says why. Without `after` you read what is applied.',
        },
      );
    }
    if (reached.includes('timed-out')) {
      await this.refuseNoPartition(places);
      throw refusal('not-yet-applied', `What you wrote is kept, but not applied here after ${seconds} s.`, {
        field: 'after',
        remedy: 'Send the same query again, with a longer `wait` if you like. GET /v1/status tells the lag.',
      });
    }
  }

  private async wait(places: readonly After[], ms: number): Promise<Reached[]> {
    if (this.#waiting > 0 && this.#waiting + places.length > MOST_WAITING) {
      throw refusal('too-many-waiting', 'Too many queries wait for their own writes at the moment.', {
        field: 'after',
        remedy: 'Send the same query again later; without `after` you read what is applied.',
      });
    }
    this.#waiting += places.length;
    try {
      return await Promise.all(places.map((place) => this.runner.waitFor(tokenOf(place), ms)));
    } finally {
      this.#waiting -= places.length;
    }
  }

  /** Only what was waited for in vain is looked up; while the log is away nothing is known to be missing. */
  private async refuseNoPartition(places: readonly After[]): Promise<void> {
    for (const place of places) {
      if (place.kind === 'event') continue;
      const marks = await this.deps.log.marks(place.topic).catch(() => null);
      if (marks?.every(({ partition }) => partition !== place.partition)) throw noSuch(place);
    }
  }
}

function tokenOf(place: After): string {
  return place.kind === 'event' ? `e.${place.id}` : `p.${place.topic}.${place.partition}.${place.offset}`;
}

function noSuch(place: After & { kind: 'position' }): ProblemError {
  return unreadableAfter(`The log has no partition ${place.partition} of a topic ${place.topic}.`);
}
