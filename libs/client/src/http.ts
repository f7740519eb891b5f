import { setTimeout as pause } from 'node:timers/promises';
import { NoAnswer, ProblemAnswer } from './problem.error.ts';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** of a POST, `{}` unless given: sent as JSON; a text or bytes are sent as they stand */
  readonly body?: unknown;
  readonly contentType?: string;
  /** milliseconds that the one try may take; without it the request is tried again as described */
  readonly onceMs?: number;
  /** statuses besides 2xx whose body is an answer and no failure */
  readonly answers?: readonly number[];
}

const TRIES = 8;
const LONGEST_PAUSE_MS = 30_000;
/** Longer than any answer takes: queries wait up to 30 s for what they ask to see. */
const ANSWER_MS = 60_000;

/**
 * Sends a request and gives the JSON it answers. What a service or the network cannot do at the moment (429, 503, no
 * connection, half an answer, none within a minute) is tried again, up to 8 times; so send only what may be repeated.
 * It pauses as long as the service asks and up to half as long again, so that many callers do not come back at once.
 * @throws ProblemAnswer, NoAnswer
 */
export async function request<T>(asked: Request): Promise<T> {
  const { url, answers = [], onceMs } = asked;
  for (let attempt = onceMs === undefined ? 1 : TRIES; ; attempt += 1) {
    const answered = await send(asked).catch((cause: unknown) => ({ cause }));
    const last = attempt === TRIES;
    if ('cause' in answered) {
      if (last) throw new NoAnswer(`${url.origin} does not answer: is Throughline running there?`, answered);
      await pauseAsAsked(attempt, null);
      continue;
    }
    const { response, text } = answered;
    if (response.ok || answers.includes(response.status)) return parsed(text) as T;
    if (![429, 503].includes(response.status) || last)
      throw new ProblemAnswer(response.status, problemIn(text, response));
    await pauseAsAsked(attempt, response.headers.get('retry-after'));
  }
}

async function send({ method, url, body = {}, contentType = 'application/json', onceMs }: Request) {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(onceMs ?? ANSWER_MS),
    ...(method === 'GET'
      ? {}
      : {
          body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
          headers: { 'content-type': contentType },
        }),
  });
  return { response, text: await response.text() };
}

/** @param asked Retry-After: seconds, or a date; anything else counts as not said */
export async function pauseAsAsked(attempt: number, asked: string | null): Promise<void> {
  const said = asked === null ? NaN : secondsOf(asked) * 1_000;
  const ms = Number.isNaN(said) ? 100 * 2 ** attempt : Math.max(0, said);
  await pause(Math.min(ms, LONGEST_PAUSE_MS) * (1 + Math.random() / 2));
}

function secondsOf(asked: string): number {
  return /^\d+$/.test(asked.trim()) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1_000;
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
