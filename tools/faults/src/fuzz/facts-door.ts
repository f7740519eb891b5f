import type { RawAnswer } from '@throughline/service/testing';
import { Violation, type Problem } from './judge.ts';
import type { FuzzRequest } from './request.ts';

interface Accounting {
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly refused: number;
}

interface Item {
  readonly status: number;
  readonly quarantine?: string;
}

const DOORS = [
  '/v1/events',
  '/v1/touches',
  '/v1/touches/withdraw',
  '/v1/identities',
  '/v1/identities/unlink',
];

/**
 * Holds the door for facts to its word, request by request: what it did not take is in quarantine byte for byte, and
 * received = accepted + quarantined + refused, each as it was answered.
 */
export class FactsDoor {
  #before: Accounting;
  /** requests that were answered by a refusal which keeps nothing, or not at all */
  #unkept = 0;
  #refused = 0;

  private constructor(
    private readonly url: string,
    before: Accounting,
  ) {
    this.#before = before;
  }

  static async at(url: string): Promise<FactsDoor> {
    return new FactsDoor(url, await accounting(url));
  }

  /** @throws Violation */
  async check(request: FuzzRequest, answer: RawAnswer | null, problem: Problem | null): Promise<void> {
    if (!DOORS.includes(request.operation.path)) return;
    const items = itemsOf(answer, problem);
    const now = await accounting(this.url);
    const before = this.#before;
    this.#before = now;
    const grown = (name: keyof Accounting) => now[name] - before[name];
    const taken = items.filter(({ status }) => status === 202).length;
    const expected = [taken, items.length - taken];
    const counted = [grown('accepted'), grown('quarantined')];
    if (String(counted) !== String(expected))
      throw new Violation(`accepted and quarantined grew by ${String(counted)}, not ${String(expected)}`);
    if (now.received !== now.accepted + now.quarantined + now.refused)
      throw new Violation(`not accounted for: ${JSON.stringify({ before, now })}`);
    for (const { quarantine } of items) if (quarantine !== undefined) await this.#isKept(request, quarantine);
    this.#unkept += items.length === 0 ? 1 : 0;
    this.#refused += grown('refused');
    if (this.#refused > this.#unkept)
      throw new Violation(`${this.#refused} were counted as refused, and ${this.#unkept} were`);
  }

  /** Takes the figures as they are, after a violation. */
  async catchUp(): Promise<void> {
    this.#before = await accounting(this.url);
    [this.#refused, this.#unkept] = [0, 0];
  }

  async #isKept({ body }: FuzzRequest, id: string): Promise<void> {
    const response = await fetch(`${this.url}/v1/quarantine/${id}`);
    if (!response.ok) throw new Violation(`quarantine ${id} is not there: ${response.status}`);
    const { raw } = (await response.json()) as { raw: string };
    const kept = Buffer.from(raw, 'base64');
    const sent = body ?? Buffer.alloc(0);
    if (!sent.includes(kept) || (kept.length === 0 && sent.length > 0))
      throw new Violation(
        `quarantine ${id} keeps other bytes than were sent: ${kept.toString('latin1', 0, 200)}`,
      );
    if (!isBatch(sent) && !kept.equals(sent)) throw new Violation(`quarantine ${id} keeps only a part`);
  }
}

/** Of a batch each item is kept by itself. */
const isBatch = (sent: Buffer) => /^[\s\ufeff]*\[/.test(sent.toString());

function itemsOf(answer: RawAnswer | null, problem: Problem | null): readonly Item[] {
  if (answer === null || ![202, 207, 422].includes(answer.status)) return [];
  if (problem?.quarantine !== undefined) return [{ status: 422, quarantine: problem.quarantine }];
  const body = JSON.parse(answer.body.toString()) as { results?: readonly Item[] };
  if (body.results !== undefined) return body.results;
  return answer.status === 202 ? [{ status: 202 }] : [];
}

async function accounting(url: string): Promise<Accounting> {
  return (await (await fetch(`${url}/v1/accounting`)).json()) as Accounting;
}
