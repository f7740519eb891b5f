import { Inject, Injectable } from '@nestjs/common';
import { type ProjectionRunner } from '@throughline/projection';
import { type After, parseAfter } from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../journeys.error.ts';
import { RUNNER } from '../journeys.tokens.ts';

const MOST_SECONDS = 30;

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

/** Lets a query wait until what its caller wrote can be read here. */
@Injectable()
export class AfterGate {
  constructor(@Inject(RUNNER) private readonly runner: ProjectionRunner) {}

  /**
   * @param after as a write's answer gave it; undefined waits for nothing
   * @throws ProblemError when it is not applied within `seconds`, or parked
   */
  async passed(after: string | undefined, seconds: number): Promise<void> {
    if (after === undefined) return;
    const reached = await Promise.all(
      tokensOf(after).map((token) => this.runner.waitFor(token, seconds * 1000)),
    );
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
      throw refusal('not-yet-applied', `What you wrote is kept, but not applied here after ${seconds} s.`, {
        field: 'after',
        remedy: 'Send the same query again, with a longer `wait` if you like. GET /v1/status tells the lag.',
      });
    }
  }
}

function tokensOf(after: string): string[] {
  return parseAfter(after).map((place: After) =>
    place.kind === 'event' ? `e.${place.id}` : `p.${place.topic}.${place.partition}.${place.offset}`,
  );
}
