import type { Ended, ItemOutcome } from '../judge/call.ts';

export interface HttpCall {
  readonly url: string;
  readonly body: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
  /** how many items the body holds */
  readonly items: number;
}

const PATIENCE_MS = 15_000;
/** None of these answers leaves anything behind. */
const REFUSALS = [400, 404, 409, 412, 413, 415, 422, 429];
const unknown: ItemOutcome = { is: 'unknown' };

interface Result {
  readonly status?: number;
  readonly id?: string;
  readonly quarantine?: string;
  readonly events?: readonly { readonly id: string }[];
  readonly results?: readonly Result[];
}

/** Sends a call once. What the answer does not settle is unknown; only a refused connection says that nothing was sent. */
export async function send(call: HttpCall): Promise<Omit<Ended, 'n'>> {
  const every = (outcome: ItemOutcome) => Array.from({ length: call.items }, () => outcome);
  try {
    const { url, body, headers } = call;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers,
      signal,
    });
    const text = await response.text();
    const { status } = response;
    if (status !== 207 && status >= 300 && !REFUSALS.includes(status))
      return { status, why: text.slice(0, 200), outcomes: every(unknown) };
    const answer = JSON.parse(text) as Result;
    if (answer.results === undefined) return { status, outcomes: every(outcomeOf(status, answer)) };
    if (answer.results.length !== call.items)
      return {
        status,
        why: `${answer.results.length} results for ${call.items} items`,
        outcomes: every(unknown),
      };
    return { status, outcomes: answer.results.map((result) => outcomeOf(result.status ?? 0, result)) };
  } catch (error) {
    const why = causes(error);
    const wasSent = !why.includes('ECONNREFUSED');
    return { status: null, why, outcomes: every(wasSent ? unknown : { is: 'refused' }) };
  }
}

function outcomeOf(status: number, { id, quarantine, events = [] }: Result): ItemOutcome {
  if (status >= 200 && status < 300) return { is: 'ok', events: id ? [id] : events.map((event) => event.id) };
  if (quarantine !== undefined) return { is: 'quarantined', quarantine };
  return REFUSALS.includes(status) ? { is: 'refused' } : unknown;
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: string };
  return [`${error.name} ${code ?? ''} ${error.message}`, error.cause && causes(error.cause)]
    .filter(Boolean)
    .join(': ');
}
