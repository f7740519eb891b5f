import { Inject, Injectable, type CanActivate } from '@nestjs/common';
import { AttributionWorkers } from '../attribution-workers.ts';
import { refusal } from '../attribution.error.ts';

/** Answers 503 until there is a build of the evidence that this version of the program can read. */
@Injectable()
export class EvidenceGuard implements CanActivate {
  constructor(@Inject(AttributionWorkers) private readonly workers: AttributionWorkers) {}

  canActivate(): boolean {
    if (this.workers.prepared) return true;
    throw refusal('not-prepared', `Nothing can be read yet: ${this.workers.starting.waitsFor}.`, {
      remedy: 'Mend what it waits for, then ask again; GET /health/fresh says whether it still waits.',
    });
  }
}
