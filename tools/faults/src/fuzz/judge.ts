import type { RawAnswer } from '@throughline/service/testing';
import type { Documented } from './document.ts';
import type { FuzzRequest } from './request.ts';

/** An answer that breaks a promise. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly quarantine?: string;
  readonly traceId?: string;
}

const PROBLEM = 'application/problem+json';
/** What a service may say although everything it needs is there: it has not come so far yet. */
const NOT_YET = 'not-yet-applied';
/** Answers that are given by the head of a request, before its route is known or read. */
const UNREAD = new Set([400, 403, 404, 405, 408, 413, 414, 415, 417, 421, 431]);

/**
 * What the schemas cannot say and the rules refuse: time and version of what is sent, names that a closed list of the
 * service holds, cursors. A good request may be answered so; any other 422 of one is a refusal of what is good.
 */
const EXPLAINED = new Set([
  ...['bad-time', 'bad-precision', 'time-ahead', 'missing-id', 'nothing-taken', 'invalid-header'],
  ...['parameter-invalid', 'dimension-unknown', 'data-set-unknown', 'cursor-invalid', 'unreadable-after'],
]);

/** What two fields must be to each other, and names that a list of the runtime holds, in the words of the contracts. */
const TOGETHER =
  /must (not )?be (before|after)|must differ from the other end|name of a time zone|^(workdays|holidays)\b|not be more than/;

/** Refuses for what it was refused for the first time, whatever that was. */
const TRIED_AGAIN = /^\/v1\/quarantine\/\{id\}\/replay$/;

/**
 * Holds an answer against what the document promises.
 * @param answer null where the connection ended without one
 * @returns the problem that it is, null where it is none
 * @throws Violation
 */
export function judge(document: Documented, request: FuzzRequest, answer: RawAnswer | null): Problem | null {
  if (answer === null) {
    if (request.mutation === null) throw new Violation('a good request got no answer');
    return null;
  }
  const { status, headers } = answer;
  const isHealth = request.operation.path.startsWith('/health/');
  if (request.method === 'HEAD' || (request.method === 'OPTIONS' && status === 204)) return null;
  const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
  const value = parsed(answer);
  const problem = type === PROBLEM ? (value as Problem) : null;
  if (
    status >= 500 &&
    !isHealth &&
    !(status === 503 && problem?.code === NOT_YET && 'retry-after' in headers)
  )
    throw new Violation(`${status} ${problem?.code ?? ''}`);
  conforms(document, request, { status, type, value });
  if (problem !== null) explains(problem as unknown as Record<string, unknown>, status);
  if (request.mutation === null && !TRIED_AGAIN.test(request.operation.path))
    for (const refused of refusalsIn(status, value)) isExplained(refused);
  return problem;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

interface Answered extends Partial<Refusal> {
  readonly results?: readonly { readonly status: number; readonly problem?: Problem }[];
}

/** That of the whole, or those of its items where it has several. */
function refusalsIn(status: number, value: unknown): Refusal[] {
  const { code = '', detail = '', results } = value as Answered;
  if (results === undefined) return status < 400 ? [] : [{ status, code, detail }];
  return results.flatMap((item) =>
    item.problem === undefined ? [] : [{ ...item.problem, status: item.status }],
  );
}

function parsed({ status, body }: RawAnswer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Violation(`${status} with a body that is no JSON: ${body.toString('latin1', 0, 200)}`);
  }
}

function conforms(
  document: Documented,
  { operation: { path }, method }: FuzzRequest,
  { status, type, value }: { status: number; type: string; value: unknown },
): void {
  const own = document.operations.find((each) => each.path === path && each.method === method);
  const answers = { ...document.operations[0]?.answers, ...own?.answers };
  const isOwn = own !== undefined && !(UNREAD.has(status) && type === PROBLEM);
  const content = (isOwn ? answers[String(status)] : undefined) ?? answers['default'] ?? {};
  if (Object.keys(content).length === 0) return;
  const schema = content[type] ?? answers['default']?.[type];
  if (schema === undefined)
    throw new Violation(`${status} has the content type ${type}, which is not documented`);
  const fault = document.faultOf(schema, value);
  if (fault !== null) throw new Violation(`${status} is not what is documented: ${fault}`);
}

/** A problem says what to do; of a field it says which. */
function explains(problem: Record<string, unknown>, status: number): void {
  const { remedy, detail, code, results } = problem;
  if (problem['status'] !== status)
    throw new Violation(`a ${status} says it is ${String(problem['status'])}`);
  for (const [name, text] of Object.entries({ detail, code }))
    if (typeof text !== 'string' || text.trim() === '') throw new Violation(`a ${status} has no ${name}`);
  if (
    results === undefined &&
    status !== 409 &&
    status !== 412 &&
    (typeof remedy !== 'string' || remedy === '')
  )
    throw new Violation(`a ${status} ${String(code)} has no remedy`);
}

function isExplained({ status, code, detail }: Refusal): void {
  if ([404, 409, 412].includes(status) && code !== '' && code !== 'unknown-route') return;
  if (status === 422 && (EXPLAINED.has(code) || TOGETHER.test(detail))) return;
  if (status === 503 && code === NOT_YET) return;
  if (status === 503 && code === '') return; // health
  throw new Violation(`a good request was refused: ${status} ${code}: ${detail}`);
}
