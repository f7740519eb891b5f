import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { answer, type Answer } from '@throughline/service';
import { map, type Observable } from 'rxjs';

/**
 * Answers `after: null` to commands: what is said of models goes to a topic that this service does not read, so a
 * question that waited for it would wait in vain. A version counts from the answer on; credit under it comes with a round
 * of recomputing.
 */
export class NoPlaceToWaitFor implements NestInterceptor<Answer, Answer> {
  intercept(_context: ExecutionContext, next: CallHandler<Answer>): Observable<Answer> {
    return next
      .handle()
      .pipe(map(({ status, body, headers, causes }) => answer(status, withoutAfter(body), headers, causes)));
  }
}

function withoutAfter(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  if ('results' in body && Array.isArray(body.results)) {
    return { ...body, results: body.results.map(withoutAfter) };
  }
  return 'after' in body ? { ...body, after: null } : body;
}
