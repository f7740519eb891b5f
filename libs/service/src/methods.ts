import { ProblemError } from './problem.ts';
import type { ServiceReply, ServiceRequest } from './request.ts';

/** What is known of a route as it is added: its path as Fastify writes it (`/v1/things/:id`, `/docs/*`). */
export interface AddedRoute {
  readonly method: string | readonly string[];
  readonly url: string;
}

/** Which methods each path has: tells a wrong method of a path that is known from a path that is not. */
export class Methods {
  readonly #paths = new Map<string, { readonly pattern: URLPattern; readonly methods: Set<string> }>();

  add({ method, url }: AddedRoute): void {
    const path = this.#paths.get(url) ?? {
      pattern: new URLPattern({ pathname: url }),
      methods: new Set(['OPTIONS']),
    };
    for (const each of [method].flat()) path.methods.add(each);
    this.#paths.set(url, path);
  }

  /**
   * For a request that no route takes: answers OPTIONS of a path that is known with what the path allows.
   * @returns whether the request is answered
   * @throws ProblemError 405, with Allow set, where the path is known and the method is not among its own
   */
  answers(request: Pick<ServiceRequest, 'method' | 'url'>, reply: ServiceReply): boolean {
    const allowed = this.#allowed(request.url);
    if (allowed.length === 0 || (request.method !== 'OPTIONS' && allowed.includes(request.method)))
      return false;
    const allow = allowed.join(', ');
    reply.header('allow', allow);
    if (request.method !== 'OPTIONS') throw wrongMethod(request.method, allow);
    reply.code(204).send('');
    return true;
  }

  #allowed(url: string): string[] {
    const [pathname = ''] = url.split('?', 1);
    const found = [...this.#paths.values()].filter(({ pattern }) => pattern.test({ pathname }));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }
}

function wrongMethod(method: string, allow: string): ProblemError {
  return new ProblemError({
    status: 405,
    code: 'wrong-method',
    detail: `This path is known, but it has no ${method}.`,
    remedy: `Send one of: ${allow}. See /openapi.json.`,
  });
}
