import { LogUnavailable, type Log, type NewRecord, type Placement } from '@throughline/log';

/** What a send does: as it should, refuse, store without saying so, store the first half and fail, or never answer. */
export type Behaviour = 'well' | 'refuse' | 'lose the answer' | 'store half' | 'hang';

/** A log whose sends break as they are told to; all else is the log it wraps. */
export class BrokenLog implements Log {
  readonly kind: Log['kind'];
  readonly #log: Log;
  /** taken from the front, one a send; when none is left, `otherwise` holds */
  plan: Behaviour[] = [];
  otherwise: Behaviour = 'well';
  /** sends asked for so far, by topic */
  readonly asked: string[] = [];
  /** runs when a send has stored its records, before it says so */
  stored: () => Promise<unknown> = () => Promise.resolve();

  constructor(log: Log, kind: Log['kind'] = log.kind) {
    this.#log = log;
    this.kind = kind;
  }

  async send(topic: string, records: readonly NewRecord[]): Promise<Placement[]> {
    this.asked.push(topic);
    const behaviour = this.plan.shift() ?? this.otherwise;
    if (behaviour === 'refuse') throw new LogUnavailable(topic, 'told to refuse');
    if (behaviour === 'hang') return new Promise(() => undefined);
    const kept = behaviour === 'store half' ? records.slice(0, Math.floor(records.length / 2)) : records;
    const placements = kept.length > 0 ? await this.#log.send(topic, kept) : [];
    if (behaviour !== 'well') throw new LogUnavailable(topic, `told to ${behaviour}`);
    await this.stored();
    return placements;
  }

  marks: Log['marks'] = (topic) => this.#log.marks(topic);
  read: Log['read'] = (range) => this.#log.read(range);
  subscribe: Log['subscribe'] = (subscription) => this.#log.subscribe(subscription);
  createTopics: Log['createTopics'] = (topics) => this.#log.createTopics(topics);
  checkTopics: Log['checkTopics'] = (topics) => this.#log.checkTopics(topics);
  close: Log['close'] = () => this.#log.close();
}
