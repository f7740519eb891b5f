import { Inject, Injectable, type CanActivate } from '@nestjs/common';
import { AttributionWorkers } from '../attribution-workers.ts';
import { refusal } from '../attribution.error.ts';

/** Answers 503 until there is a build of the evidence to read. */
@Injectable()
export class EvidenceGuard implements CanActivate {
  constructor(@Inject(AttributionWorkers) private readonly workers: AttributionWorkers) {}

  canActivate(): boolean {
    if (this.workers.prepared) return true;
    throw refusal(
      'not-prepared',
      'Nothing can be read yet: the first build of the evidence waits for the log.',
      {
        remedy: 'Ask again when GET /health/ready is ok; GET /health/fresh says what is waited for.',
      },
    );
  }
}
