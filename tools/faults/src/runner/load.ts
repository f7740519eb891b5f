import type { SeededRandom } from '@throughline/sample';
import type { Call, Ended, SentCommand, SentFact } from '../judge/call.ts';
import { Buyers } from './buyers.ts';
import { FactMaker } from './facts.ts';
import { send, type HttpCall } from './http-call.ts';
import type { Journal } from './journal.ts';
import { tell, type Step, type Story } from './stories.ts';

export interface LoadOptions {
  readonly journal: Journal;
  readonly random: SeededRandom;
  /** what those who buy do follows from it */
  readonly buying: SeededRandom;
  /** items a second, whether or not answers come */
  readonly rate: number;
  readonly url: (service: Call['service']) => string;
  readonly source: string;
}

type Planned = Omit<Call, 'n' | 'at'> & { readonly http: Omit<HttpCall, 'items'>; readonly story?: Story };
type Fate = ReturnType<typeof fateOf>;

const TICK_MS = 50;
const MOST_OPEN = 150;
const STORIES = 60;
const AGAIN_MS = [300, 4_000] as const;
const DRAIN_TRIES = 20;

/**
 * Sends at a rate of its own, open loop: late answers slow nothing down, up to a bound of calls under way. Unknown
 * calls go again under the same id, most of them; some stay unknown.
 */
export class Load {
  readonly counts = { calls: 0, items: 0, ok: 0, quarantined: 0, refused: 0, unknown: 0, heldBack: 0 };
  /** statuses of answers that were neither taken nor refused, and errors, by how often */
  readonly surprises = new Map<string, number>();
  private readonly facts: FactMaker;
  private readonly stories: Story[] = [];
  private readonly open = new Set<Promise<void>>();
  private readonly again: Planned[] = [];
  private readonly sent: Planned[] = [];
  private timer: NodeJS.Timeout | undefined;
  private owed = 0;
  private told = 0;
  private n = 0;

  constructor(private readonly options: LoadOptions) {
    const buyers = new Buyers(options.buying, () => this.told);
    this.facts = new FactMaker(options.random, buyers, options.source);
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Ends the flow. */
  pause(): void {
    clearInterval(this.timer);
  }

  /** Ends the flow, lets what is open end, and sends again what still waits for that. */
  async stop(): Promise<void> {
    this.pause();
    await this.settled();
    for (let tries = DRAIN_TRIES; this.again.length > 0 && tries > 0; tries -= 1) {
      for (const planned of this.again.splice(0)) this.send(planned);
      await this.settled();
    }
  }

  /** Notes records that a fault writes to the log past every door. */
  async injected(keys: readonly string[]): Promise<void> {
    this.n += 1;
    const at = new Date().toISOString();
    await this.options.journal.called({
      ...{ n: this.n, at, service: 'touches', facts: [], commands: [], injected: keys },
    });
  }

  private async settled(): Promise<void> {
    while (this.open.size > 0) await Promise.all(this.open);
  }

  private tick(): void {
    this.owed += (this.options.rate * TICK_MS) / 1_000;
    while (this.owed >= 1) {
      const planned = this.plan();
      this.owed -= Math.max(1, planned.facts.length + planned.commands.length);
      if (this.open.size < MOST_OPEN) this.send(planned);
      else {
        this.counts.heldBack += 1;
        if (planned.story) planned.story.isBusy = false;
      }
    }
  }

  private plan(): Planned {
    const { random } = this.options;
    const waiting = this.again.length > 0 && random.next() < 0.2 ? this.again.shift() : undefined;
    if (waiting) return waiting;
    const kind = random.next();
    if (kind < 0.03 && this.sent.length > 0) return random.pick(Object.values(this.sent));
    if (kind < 0.05) return this.hostile();
    if (kind < 0.3) return this.single();
    if (kind < 0.65) return this.batch();
    return this.command();
  }

  private single(): Planned {
    const fact = this.facts.good();
    const http = this.factsDoor(fact.raw, 'application/cloudevents+json');
    return { service: 'touches', facts: [fact], commands: [], http };
  }

  private batch(): Planned {
    const { random } = this.options;
    const facts = Array.from({ length: random.between(2, 20) }, () =>
      random.next() < 0.03 ? this.facts.bad() : this.facts.good(),
    );
    const http = this.factsDoor(
      `[${facts.map(({ raw }) => raw).join(',')}]`,
      'application/cloudevents-batch+json',
    );
    return { service: 'touches', facts, commands: [], http };
  }

  private hostile(): Planned {
    const { raw, headers } = this.facts.hostile();
    const fact: SentFact = { id: null, raw: raw.length > 100_000 ? '' : raw.toString('base64'), good: false };
    const url = `${this.options.url('touches')}/v1/events`;
    return { service: 'touches', facts: [fact], commands: [], http: { url, body: raw, headers } };
  }

  private factsDoor(body: string, type: string) {
    return { url: `${this.options.url('touches')}/v1/events`, body, headers: { 'content-type': type } };
  }

  private command(): Planned {
    const { random, source } = this.options;
    const idle = this.stories.filter(({ isBusy }) => !isBusy);
    const story = idle.length > 0 && this.stories.length >= STORIES ? random.pick(idle) : this.newStory();
    const step = story.step as Step;
    const sent: SentCommand = { source, commandId: story.commandId, stream: step.on };
    story.isBusy = true;
    return { service: step.service, facts: [], commands: [sent], story, http: this.commandDoor(step, sent) };
  }

  private commandDoor({ service, command, on, data, occurredAt }: Step, { source, commandId }: SentCommand) {
    const home = `${this.options.url(service)}/v1/${service}`;
    const headers = { 'content-type': 'application/json' };
    const when = occurredAt === undefined ? {} : { occurredAt };
    const all = { command, id: on, idempotencyKey: commandId, source, data, ...when };
    if (this.options.random.next() < 0.3)
      return { url: `${home}/commands`, body: JSON.stringify({ commands: [all] }), headers };
    const creates = command === 'capture' || command === 'open';
    return {
      url: creates ? home : `${home}/${on}/${command}`,
      body: JSON.stringify({ ...(creates ? { id: on } : {}), source, data, ...when }),
      headers: { ...headers, 'idempotency-key': commandId },
    };
  }

  private newStory(): Story {
    this.told += 1;
    const story = tell(this.told, this.options.random, this.options.buying);
    this.stories.push(story);
    return story;
  }

  private send(planned: Planned): void {
    const sending = this.call(planned)
      .then((ended) => this.after(planned, ended))
      .finally(() => this.open.delete(sending));
    this.open.add(sending);
  }

  private async call({ http, story: _, ...rest }: Planned): Promise<Ended> {
    this.n += 1;
    const n = this.n;
    const { journal } = this.options;
    await journal.called({ n, at: new Date().toISOString(), ...rest });
    const items = rest.facts.length + rest.commands.length;
    const ended = { n, ...(await send({ ...http, items })) };
    await journal.ended(ended);
    return ended;
  }

  private after(planned: Planned, ended: Ended): void {
    const { random } = this.options;
    const fate = fateOf(ended);
    this.count(ended);
    if (fate === 'not-sent' || (fate === 'unknown' && random.next() < 0.7)) {
      setTimeout(() => this.again.push(planned), random.between(...AGAIN_MS)).unref();
      return;
    }
    if (fate === 'settled' && planned.service === 'touches') this.sent[random.between(0, 49)] = planned;
    this.goOn(planned, fate);
  }

  /** A story whose step is unknown ends there: what comes next depends on it. */
  private goOn({ story }: Planned, fate: Fate): void {
    if (!story) return;
    story.next();
    story.isBusy = false;
    if (fate === 'unknown' || !story.step) this.stories.splice(this.stories.indexOf(story), 1);
  }

  private count({ outcomes, status, why }: Ended): void {
    this.counts.calls += 1;
    this.counts.items += outcomes.length;
    for (const { is } of outcomes) this.counts[is] += 1;
    if (why === undefined) return;
    const what = status === null ? why.slice(0, 60) : `${status} ${why.slice(0, 60)}`;
    this.surprises.set(what, (this.surprises.get(what) ?? 0) + 1);
  }
}

function fateOf({ outcomes, status }: Ended): 'settled' | 'unknown' | 'not-sent' {
  if (outcomes.some(({ is }) => is === 'unknown')) return 'unknown';
  return status === null || status === 429 ? 'not-sent' : 'settled';
}
