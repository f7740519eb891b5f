import type { SeededRandom } from '@throughline/sample';
import { buyer, company, companyOf } from './buyers.ts';

/** One command of a life, in the words of its route. */
export interface Step {
  readonly service: 'leads' | 'opportunities';
  readonly command: string;
  readonly on: string;
  readonly data: object;
  /** its arrival unless told */
  readonly occurredAt?: string;
}

/** A lead from capture on, often with the opportunity that came of it; each step is sent once the one before has an answer. */
export class Story {
  private at = 0;
  isBusy = false;

  constructor(
    readonly number: number,
    private readonly steps: readonly Step[],
  ) {}

  get step(): Step | undefined {
    return this.steps[this.at];
  }

  /** for ever the same for the same step */
  get commandId(): string {
    return `story-${this.number}-${this.at}`;
  }

  next(): void {
    this.at += 1;
  }
}

/** @param buying whose the lead and the deal are, and what is corrected of a deal that was won */
export function tell(number: number, random: SeededRandom, buying: SeededRandom): Story {
  const lead = `lead-${number}`;
  const on = (command: string, data: object): Step => ({ service: 'leads', command, on: lead, data });
  const source = random.pick(['paid_search', 'event', 'referral']);
  const capture = on('capture', { source, ...whose(number, buying) });
  if (buying.next() < 0.4) return new Story(number, [capture, ...deal(number, lead, random, buying)]);
  const offers = random.between(1, 3);
  const steps: Step[] = [capture];
  if (random.next() < 0.7) steps.push(on('assess', { verdict: 'qualified', score: random.between(1, 99) }));
  if (random.next() < 0.7) steps.push(on('qualify', { reason: 'fits' }));
  for (let offer = 1; offer <= offers; offer += 1) {
    const handOff = `${lead}-offer-${offer}`;
    steps.push(on('offer', { handOff, to: 'member-1' }));
    if (offer < offers) steps.push(on('reject', { handOff, reason: 'no budget' }));
    else steps.push(on('accept', { handOff, by: 'member-1' }));
  }
  for (let calls = random.between(0, 3); calls > 0; calls -= 1)
    steps.push(on('follow-up', { touchType: 'call-connected', by: 'member-1' }));
  if (random.next() < 0.2) return new Story(number, [...steps, on('disqualify', { reason: 'no fit' })]);
  return new Story(number, [...steps, ...deal(number, lead, random, buying)]);
}

function whose(number: number, buying: SeededRandom): object {
  const of = companyOf(number);
  return {
    ...(buying.next() < 0.7 ? { person: buyer(of, buying.between(1, 3)) } : {}),
    ...(buying.next() < 0.3 ? { account: company(of) } : {}),
  };
}

function deal(number: number, lead: string, random: SeededRandom, buying: SeededRandom): Step[] {
  const opportunity = `deal-${number}`;
  const of = companyOf(number);
  const on = (command: string, data: object, more: object = {}): Step => ({
    ...{ service: 'opportunities', command, on: opportunity, data },
    ...more,
  });
  const amount = () => ({ amount: { amount: random.between(1_000, 900_000), currency: 'EUR' } });
  const contact = () => on('add-contact', { person: buyer(of, buying.between(1, 3)) });
  const account = buying.next() < 0.8 ? { account: company(of) } : {};
  const steps = [on('open', { leads: [lead], stage: 'discovery', ...account, ...amount() })];
  for (const to of ['proposal', 'negotiation'])
    steps.push(on('change-stage', { to }), on('change-amount', { to: amount().amount }));
  if (buying.next() < 0.5) steps.splice(1, 0, contact());
  if (random.next() < 0.4) return [...steps, on('lose', { reason: 'price' })];
  steps.push(on('win', amount(), closing(buying)));
  if (buying.next() < 0.3) steps.push(contact());
  if (random.next() < 0.3) steps.push(on('reopen', {}));
  if (steps.at(-1)?.command === 'reopen' && buying.next() < 0.7)
    steps.push(on('win', amount(), closing(buying)));
  return steps;
}

/** Half of the wins are told late, so that touches lie before, on and after the day. */
function closing(buying: SeededRandom): object {
  if (buying.next() < 0.5) return {};
  return { occurredAt: new Date(Date.UTC(2026, buying.between(2, 6), buying.between(1, 28))).toISOString() };
}
