import { setTimeout as pause } from 'node:timers/promises';
import { NoAnswer, ProblemAnswer } from './problem.error.ts';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** sent as JSON; a text or bytes are sent as they stand */
  readonly body?: unknown;
  readonly contentType?: string;
  /** statuses besides 2xx whose body is an answer and no failure */
  readonly answers?: readonly number[];
}

const TRIES = 8;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Sends a request and gives the JSON it answers. What a service or the network cannot do at the moment (429,
 * 503, no connection) is tried again, up to 8 times, pausing as the service asks; so send only what may be repeated.
 * @throws ProblemAnswer, NoAnswer
 */
export async function request<T>(asked: Request): Promise<T> {
  const { url, answers = [] } = asked;
  for (let attempt = 1; ; attempt += 1) {
    const sent = await send(asked).catch((error: unknown) => error as Error);
    const last = attempt === TRIES;
    if (sent instanceof Error) {
      if (last)
        throw new NoAnswer(`${url.origin} does not answer: is Throughline running there?`, { cause: sent });
      await pause(pauseMs(attempt, null));
      continue;
    }
    const text = await sent.text();
    if (sent.ok || answers.includes(sent.status)) return parsed(text) as T;
    if (![429, 503].includes(sent.status) || last)
      throw new ProblemAnswer(sent.status, problemIn(text, sent));
    await pause(pauseMs(attempt, sent.headers.get('retry-after')));
  }
}

function send({ method, url, body, contentType = 'application/json' }: Request): Promise<Response> {
  return fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : {
          body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
          headers: { 'content-type': contentType },
        }),
  });
}

function pauseMs(attempt: number, asked: string | null): number {
  return Math.min(asked ? Number(asked) * 1_000 : 100 * 2 ** attempt, LONGEST_PAUSE_MS);
}

function problemIn(text: string, { status, statusText }: Response): Record<string, unknown> {
  const body = parsed(text);
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return { detail: said['title'] ?? said['message'] ?? `${status} ${statusText}`.trim(), ...said };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
