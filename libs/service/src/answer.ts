import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { extract, type Telemetry } from '@throughline/telemetry';
import { lastValueFrom, of, type Observable } from 'rxjs';
import type { Admission } from './admission.ts';
import { keepReached, keepTrace, traceIdOf, type ServiceReply, type ServiceRequest } from './request.ts';
import type { ServiceLog } from './service-log.ts';

/** A handler's answer with a status or headers of its own. */
export class Answer {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly causes: readonly unknown[] = [],
  ) {}
}

const READING = new Set(['GET', 'HEAD']);

/** @param causes failures of ours inside an answer that is otherwise good; they are logged, never shown */
export function answer(
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
  causes?: readonly unknown[],
): Answer {
  return new Answer(status, body, headers, causes);
}

/** Gives every request that may change something its accept span, and every Answer its status and headers. */
export class AcceptInterceptor implements NestInterceptor {
  constructor(
    private readonly telemetry: Telemetry,
    private readonly log: ServiceLog,
    private readonly admission: Admission,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<ServiceRequest>();
    keepReached(request);
    const result = await this.admission.during(request.raw, () =>
      READING.has(request.method) ? lastValueFrom<unknown>(next.handle()) : this.accept(request, next),
    );
    if (!(result instanceof Answer)) return of(result);
    for (const cause of result.causes)
      this.log.error('a part of a request failed', { traceId: traceIdOf(request) }, cause);
    const reply = http.getResponse<ServiceReply>();
    reply.code(result.status);
    for (const [name, value] of Object.entries(result.headers)) reply.header(name, value);
    return of(result.body);
  }

  private accept(request: ServiceRequest, next: CallHandler): Promise<unknown> {
    const what = `${request.method} ${request.routeOptions?.url ?? ''}`;
    return this.telemetry.accept(what, extract(request.headers), (own) => {
      keepTrace(request, own);
      return lastValueFrom(next.handle());
    });
  }
}
