import { Inject, Injectable } from '@nestjs/common';
import { TOPICS } from '@throughline/contracts';
import { parseAfter, unreadableAfter, type After } from '@throughline/service';
import { z } from 'zod';
import { AttributionWorkers } from '../attribution-workers.ts';
import { refusal } from '../attribution.error.ts';

const MOST_SECONDS = 30;
const MOST_WAITING = 100;
const topics: readonly string[] = TOPICS;

export const afterParameters = {
  after: z
    .string()
    .max(4000)
    .optional()
    .describe('the `after` of the answer to your write: read what was concluded from it'),
  wait: z.coerce
    .number<string>()
    .min(0)
    .max(MOST_SECONDS)
    .default(5)
    .describe('seconds to wait for `after`, 5 unless told'),
};

/** Lets a query wait until what its caller wrote was concluded from; a hundred places at once, no more. */
@Injectable()
export class AfterGate {
  #waiting = 0;

  constructor(@Inject(AttributionWorkers) private readonly workers: AttributionWorkers) {}

  /**
   * @param after as a write's answer gave it; undefined waits for nothing
   * @throws ProblemError when nothing can be read yet, it is not concluded from within `seconds`, or it is parked
   */
  async passed(after: string | undefined, seconds: number): Promise<void> {
    if (!this.workers.prepared) {
      throw refusal(
        'not-prepared',
        'Nothing can be read yet: the first build of the evidence waits for the log.',
        {
          remedy: 'Ask again when GET /health/ready is ok; GET /health/fresh says what is waited for.',
        },
      );
    }
    if (after === undefined) return;
    const places = parseAfter(after);
    if (this.#waiting > 0 && this.#waiting + places.length > MOST_WAITING) {
      throw refusal('too-many-waiting', 'Too many queries wait for their own writes at the moment.', {
        field: 'after',
        remedy: 'Send the same query again later; without `after` you read what is concluded.',
      });
    }
    this.#waiting += places.length;
    try {
      const waits = places.map((place) => this.workers.reactor.waitFor(tokenOf(place), seconds * 1000));
      const end = performance.now() + seconds * 1000;
      refuseMissed(await Promise.all(waits), seconds);
      const credited = await this.workers.due.credited(Math.max(0, end - performance.now()));
      if (!credited) refuseMissed(['timed-out'], seconds);
    } finally {
      this.#waiting -= places.length;
    }
  }
}

function refuseMissed(reached: readonly string[], seconds: number): void {
  if (reached.includes('parked')) {
    throw refusal(
      'waits-behind-poison',
      'What you wrote is in the log, but nothing could be concluded from it.',
      {
        field: 'after',
        remedy: 'GET /v1/reactions/credit-deals-when-journeys-change/parked says why.',
      },
    );
  }
  if (reached.includes('timed-out')) {
    throw refusal('not-yet-applied', `What you wrote is kept, but not concluded from after ${seconds} s.`, {
      field: 'after',
      remedy: 'Send the same query again, with a longer `wait` if you like. GET /health/fresh tells the lag.',
    });
  }
}

function tokenOf(place: After): string {
  if (place.kind === 'event') return `e.${place.id}`;
  if (topics.includes(place.topic)) return `p.${place.topic}.${place.partition}.${place.offset}`;
  throw unreadableAfter(`Credit is not concluded from a topic ${place.topic}.`);
}
