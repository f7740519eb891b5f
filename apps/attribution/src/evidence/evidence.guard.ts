import { Inject, Injectable, type CanActivate } from '@nestjs/common';
import { AttributionWorkers } from '../attribution-workers.ts';
import { refusal } from '../attribution.error.ts';

/** Answers 503 until there is a build of the evidence that this version of the program can read. */
@Injectable()
export class EvidenceGuard implements CanActivate {
  constructor(@Inject(AttributionWorkers) private readonly workers: AttributionWorkers) {}

  canActivate(): boolean {
    if (this.workers.prepared) return true;
    throw refusal(
      'not-prepared',
      `Nothing can be read yet: it waits for ${this.workers.starting.waitsFor}.`,
      {
        remedy:
          'Do what it waits for, or ask again when GET /health/ready is ok; GET /health/fresh says the same.',
      },
    );
  }
}
