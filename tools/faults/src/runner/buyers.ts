import type { SeededRandom } from '@throughline/sample';

const COMPANIES = 15;
const BUYERS = 3;
const BROWSERS = 6;
const CHANNELS = ['ads', 'email', 'direct', 'fair', null] as const;

interface Said {
  readonly name: string;
  readonly data: object;
  /** null: undated */
  readonly time: string | null;
}
type Edge = { readonly relation: string; readonly from: string; readonly to: string };

/** The company of the n-th story. */
export const companyOf = (story: number): number => 1 + (story % COMPANIES);
export const company = (n: number): string => `company-${n}`;
export const buyer = (n: number, of: number): string => `buyer-${n}-${of}`;

/**
 * What is learnt of those who buy: touches of companies, buyers, browsers, leads and deals, in no order of time, and who
 * is who, said, ended and withdrawn. Whose a buyer is is told first, so that what is learnt of browsers then matters;
 * touches are few, so that what nobody credited anew stays to be seen.
 */
export class Buyers {
  private readonly edges: Edge[] = [];
  private readonly first = Array.from({ length: COMPANIES * BUYERS }, (_, n) => ({
    ...{ relation: 'person-in-account', from: buyer(1 + (n % COMPANIES), 1 + Math.floor(n / COMPANIES)) },
    to: company(1 + (n % COMPANIES)),
  }));

  constructor(
    private readonly random: SeededRandom,
    /** how many stories were begun */
    private readonly told: () => number,
  ) {}

  /** Whether the next fact is one of theirs. */
  isNext(): boolean {
    return this.random.next() < 0.25;
  }

  fact(): Said {
    const first = this.first.shift();
    if (first) return { name: 'identity.linked', data: first, time: '2026-01-01T00:00:00.000Z' };
    const one = this.random.next();
    if (one < 0.45) return { name: 'touch.recorded', data: this.touch(), time: this.time() };
    if (one < 0.8 || this.edges.length === 0)
      return { name: 'identity.linked', data: this.link(), time: this.time() };
    const withdrawn = this.random.next() < 0.5;
    const data = { ...this.random.pick(this.edges), withdrawn };
    return { name: 'identity.unlinked', data, time: this.time() };
  }

  private touch(): object {
    const { random } = this;
    const of = random.between(1, COMPANIES);
    const who = random.next();
    return {
      touchType: random.pick(['page-view', 'email-clicked', 'webinar-attended', 'call-connected'] as const),
      kind: random.next() < 0.15 ? 'exposure' : 'activity',
      channel: random.pick(CHANNELS),
      ...this.named(who, of),
    };
  }

  private named(who: number, of: number): object {
    const { random } = this;
    const story = random.between(1, Math.max(1, this.told()));
    if (who < 0.5) return { visitor: this.browser(of) };
    if (who < 0.75) return { person: this.buyer(of) };
    if (who < 0.85) return { account: company(of) };
    if (who < 0.95) return { lead: `lead-${story}`, visitor: this.browser(companyOf(story)) };
    return { opportunity: `deal-${story}` };
  }

  private link(): Edge {
    const { random } = this;
    const of = random.between(1, COMPANIES);
    const edge = random.pick([
      () => ({ relation: 'visitor-is-person', from: this.browser(of), to: this.buyer(of) }),
      () => ({ relation: 'visitor-is-person', from: this.browser(of), to: this.buyer(of) }),
      () => ({ relation: 'person-in-account', from: this.buyer(of), to: company(of) }),
      () => ({
        relation: 'person-in-account',
        from: this.buyer(of),
        to: company(random.between(1, COMPANIES)),
      }),
      () => ({ relation: 'same-person', from: buyer(of, 1), to: buyer(of, random.between(2, BUYERS)) }),
    ])();
    this.edges.push(edge);
    return edge;
  }

  private buyer(of: number): string {
    return buyer(of, this.random.between(1, BUYERS));
  }

  private browser(of: number): string {
    return `browser-${of}-${this.random.between(1, BROWSERS)}`;
  }

  private time(): string | null {
    const { random } = this;
    if (random.next() < 0.03) return null;
    return new Date(Date.UTC(2026, random.between(0, 5), random.between(1, 28))).toISOString();
  }
}
