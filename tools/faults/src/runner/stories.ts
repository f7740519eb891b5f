import type { SeededRandom } from '@throughline/sample';

/** One command of a life, in the words of its route. */
export interface Step {
  readonly service: 'leads' | 'opportunities';
  readonly command: string;
  readonly on: string;
  readonly data: object;
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

export function tell(number: number, random: SeededRandom): Story {
  const lead = `lead-${number}`;
  const on = (command: string, data: object): Step => ({ service: 'leads', command, on: lead, data });
  const offers = random.between(1, 3);
  const steps: Step[] = [on('capture', { source: random.pick(['paid_search', 'event', 'referral']) })];
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
  return new Story(number, [...steps, ...deal(number, lead, random)]);
}

function deal(number: number, lead: string, random: SeededRandom): Step[] {
  const opportunity = `deal-${number}`;
  const on = (command: string, data: object): Step => ({
    service: 'opportunities',
    command,
    on: opportunity,
    data,
  });
  const amount = () => ({ amount: { amount: random.between(1_000, 900_000), currency: 'EUR' } });
  const steps = [on('open', { leads: [lead], stage: 'discovery', ...amount() })];
  for (const to of ['proposal', 'negotiation'])
    steps.push(on('change-stage', { to }), on('change-amount', { to: amount().amount }));
  steps.push(random.next() < 0.6 ? on('win', amount()) : on('lose', { reason: 'price' }));
  if (random.next() < 0.2) steps.push(on('reopen', {}));
  return steps;
}
