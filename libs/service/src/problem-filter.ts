import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { OVERLOADED, problemOf, RETRY_AFTER_SECONDS, type Problem } from './problem.ts';
import { hasReached, traceIdOf, type ServiceReply, type ServiceRequest } from './request.ts';
import { FOREIGN_CODES } from './request-guard.ts';
import type { ServiceLog } from './service-log.ts';
import type { TurnedAway } from './turned-away.ts';

/** Answers every error, wherever it was thrown, as a problem; what is a fault of ours is logged under its trace id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  #quietUntil = 0;

  constructor(
    private readonly log: ServiceLog,
    private readonly turnedAway: TurnedAway,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ServiceRequest>();
    const reply = http.getResponse<ServiceReply>();
    const traceId = traceIdOf(request);
    const problem = { ...forReading(request, problemOf(error)), traceId };
    if (!hasReached(request) && !FOREIGN_CODES.has(problem.code))
      this.turnedAway.tell(request.routeOptions?.url);
    if (problem.status >= 500 && this.isToBeSaid(problem)) {
      const route = request.routeOptions?.url ?? null;
      const fields = { traceId, method: request.method, route, status: problem.status, code: problem.code };
      if (problem.status === 503)
        this.log.warn('a request was turned away', { ...fields, error: nameOf(error) });
      else this.log.error('a request failed', fields, error);
    }
    if (!reply.sent) send(reply, problem);
  }

  /** Lines about want of room would add to it: one every ten seconds, the count is in /health/fresh. */
  private isToBeSaid({ code }: Problem): boolean {
    if (code !== OVERLOADED) return true;
    const now = performance.now();
    if (now < this.#quietUntil) return false;
    this.#quietUntil = now + 10_000;
    return true;
  }
}

/** A read changes nothing: it is just asked again, and no Idempotency-Key has to do with it. */
function forReading({ method }: ServiceRequest, problem: Problem): Problem {
  if (problem.status !== 503 || !['GET', 'HEAD'].includes(method) || !KEYED.test(problem.remedy ?? ''))
    return problem;
  return {
    ...problem,
    detail: 'The service cannot reach what it needs to answer.',
    remedy: `Ask again after ${RETRY_AFTER_SECONDS} seconds; \`throughline status\` says what does not answer.`,
  };
}

const KEYED = /Idempotency-Key/;

/** Answers what Fastify refuses before any route is found: a URL that cannot be decoded, or a part of it too long. */
export function answerUnrouted(error: unknown, request: ServiceRequest, reply: ServiceReply): void {
  send(reply, { ...problemOf(error), traceId: traceIdOf(request) });
}

function send(reply: ServiceReply, problem: Problem): void {
  if (problem.status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
