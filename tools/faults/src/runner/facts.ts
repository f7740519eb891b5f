import { gzipSync } from 'node:zlib';
import { eventId } from '@throughline/contracts';
import type { SeededRandom } from '@throughline/sample';
import type { SentFact } from '../judge/call.ts';
import type { Buyers } from './buyers.ts';

const REMEMBERED = 200;
const TYPES = ['page-view', 'form-submission', 'email-clicked', 'webinar-attended', 'ad-click'] as const;

/** Facts of one run: few visitors, persons and accounts, so that they meet. */
export class FactMaker {
  private made = 0;
  /** ids that touches were sent with, the latest */
  private readonly touches: string[] = [];

  constructor(
    private readonly random: SeededRandom,
    private readonly buyers: Buyers,
    readonly source: string,
  ) {}

  good(): SentFact {
    const { random, buyers } = this;
    if (buyers.isNext()) {
      const { name, data, time } = buyers.fact();
      return this.fact(name, data, time);
    }
    const one = random.next();
    if (one < 0.7) return this.fact('touch.recorded', this.touch());
    if (one < 0.73) return this.fact('touch.withdrawn', { touch: this.withdrawn(), reason: 'a test' });
    if (one < 0.82) return this.fact('identity.linked', this.edge());
    if (one < 0.86) return this.fact('identity.unlinked', this.edge());
    if (one < 0.93)
      return this.fact('account.described', {
        account: this.account(),
        name: `Name ${random.between(1, 99)}`,
      });
    return this.fact('member.described', { member: `member-${random.between(1, 9)}`, function: 'sales' });
  }

  /** An item of a batch that can be told apart from its neighbours and cannot be taken. */
  bad(): SentFact {
    const fault = this.random.pick([
      () => this.fact('touch.recorded', { ...this.touch(), touchType: 7 }),
      () => this.fact('touch.unheard-of', { anything: true }),
      () => this.fact('touch.recorded', { ...this.touch(), note: 'x'.repeat(40_000) }),
      () => this.fact('lead.captured', { lead: 'lead-by-the-wrong-door' }),
      () => this.fact('touch.recorded', { ...this.touch(), attributes: nested(30) }),
    ])();
    return { ...fault, good: false };
  }

  /** A whole body that is no event: malformed, hostile or too large. */
  hostile(): { raw: Buffer; headers: Readonly<Record<string, string>> } {
    const json = { 'content-type': 'application/cloudevents+json' };
    return this.random.pick([
      () => ({ raw: Buffer.from('{"specversion":"1.0","id":'), headers: json }),
      () => ({ raw: Buffer.from(this.good().raw.replace('"id":', '"id":"twice","id":')), headers: json }),
      () => ({
        raw: Buffer.from(this.good().raw.replace('"data":{', '"data":{"url":"\\u0000",')),
        headers: json,
      }),
      () => ({
        raw: Buffer.from(this.good().raw.replace('"data":{', '"data":{"asset":"\\ud800",')),
        headers: json,
      }),
      () => ({
        raw: Buffer.from(this.good().raw.replace('"data":{', '"data":{"cost":1e400,')),
        headers: json,
      }),
      () => ({
        raw: Buffer.from(this.good().raw.replace('"data":{', '"data":{"__proto__":{},')),
        headers: json,
      }),
      () => ({ raw: Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), headers: json }),
      () => ({ raw: Buffer.from(`[${'['.repeat(5_000)}`), headers: json }),
      () => ({ raw: Buffer.alloc(1_500_000, 0x20), headers: json }),
      () => ({ raw: gzipSync(Buffer.alloc(5_000_000)), headers: { ...json, 'content-encoding': 'gzip' } }),
    ])();
  }

  /** @param time null: undated */
  private fact(name: string, data: object, time: string | null = this.time()): SentFact {
    this.made += 1;
    const id = `fact-${this.made}`;
    if (name === 'touch.recorded') this.touches[this.made % REMEMBERED] = id;
    const type = `throughline.${name}.v1`;
    const raw = JSON.stringify({
      ...{ specversion: '1.0', id, source: this.source, type },
      ...{ ...(time === null ? {} : { time }), data },
    });
    return { id: eventId(this.source, id), raw, good: true };
  }

  private time(): string {
    return new Date(Date.UTC(2026, this.random.between(0, 5), this.random.between(1, 28))).toISOString();
  }

  private touch(): object {
    const { random } = this;
    return {
      touchType: random.pick(TYPES),
      kind: 'activity',
      team: 'marketing',
      visitor: `visitor-${random.between(1, 200)}`,
      ...(random.next() < 0.3 ? { person: this.person() } : {}),
      attributes: { seen: String(random.between(1, 1_000_000)) },
    };
  }

  /** Mostly a touch that was sent, of those who buy among them; else what is to come, or one of the first facts. */
  private withdrawn(): string {
    const known = Object.values(this.touches);
    const one = this.random.next();
    if (known.length > 0 && one < 0.7) return this.random.pick(known);
    return `fact-${this.random.between(1, REMEMBERED) + (one < 0.9 ? this.made : 0)}`;
  }

  private edge(): object {
    const { random } = this;
    return random.pick([
      () => ({ relation: 'visitor-is-person', from: `visitor-${random.between(1, 200)}`, to: this.person() }),
      () => ({ relation: 'person-in-account', from: this.person(), to: this.account() }),
      () => ({
        relation: 'same-person',
        from: `person-${random.between(1, 40)}`,
        to: `person-${random.between(41, 80)}`,
      }),
      () => ({
        relation: 'account-in-parent',
        from: `account-${random.between(1, 6)}`,
        to: `account-${random.between(7, 12)}`,
      }),
    ])();
  }

  private person(): string {
    return `person-${this.random.between(1, 80)}`;
  }

  private account(): string {
    return `account-${this.random.between(1, 12)}`;
  }
}

function nested(depth: number): object {
  return depth === 0 ? {} : { deeper: nested(depth - 1) };
}
