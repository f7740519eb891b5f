import { createHash } from 'node:crypto';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { Answer } from './answer.ts';
import { badCursor } from './paging.ts';
import type { ServiceRequest } from './request.ts';

/** Parameters that do not say which list is asked for: pages of one list may differ in them. */
const OF_A_PAGE = new Set(['cursor', 'limit', 'after', 'wait']);

/**
 * Says in the `next` of a page which list it is of: the route, what its path names, and its filters. `ownCursor` takes
 * it off again.
 */
export class CursorInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ServiceRequest>();
    return next
      .handle()
      .pipe(
        map((found: unknown) =>
          found instanceof Answer
            ? new Answer(found.status, named(found.body, request), found.headers, found.causes)
            : named(found, request),
        ),
      );
  }
}

/** @returns the query with the cursor as the handler gave it @throws ProblemError 422 for one of another list */
export function ownCursor(request: ServiceRequest): unknown {
  const query = request.query as Readonly<Record<string, unknown>>;
  const { cursor } = query;
  if (typeof cursor !== 'string') return query;
  const end = cursor.lastIndexOf('.');
  if (end < 0 || cursor.slice(end + 1) !== listOf(request)) throw badCursor();
  return { ...query, cursor: cursor.slice(0, end) };
}

function named(page: unknown, request: ServiceRequest): unknown {
  if (typeof page !== 'object' || page === null || !('next' in page)) return page;
  return typeof page.next === 'string' ? { ...page, next: `${page.next}.${listOf(request)}` } : page;
}

/** A name of the list that is asked for, the same in any order of its filters. */
function listOf({ routeOptions, params, query }: ServiceRequest): string {
  const filters = Object.entries(query as object)
    .filter(([name]) => !OF_A_PAGE.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const list = JSON.stringify([routeOptions?.url, params, filters]);
  return createHash('sha256').update(list).digest('base64url').slice(0, 8);
}
