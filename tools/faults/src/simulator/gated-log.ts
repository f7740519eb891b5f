import type { Batch, Log, Mark, NewRecord, Placement, Range } from '@throughline/log';
import { actor } from './actor.ts';

/** The log as actors have it: every send and read waits for its turn. All else is the log it stands before. */
export class GatedLog implements Log {
  readonly kind: Log['kind'];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
    this.kind = log.kind;
  }

  async send(topic: string, all: readonly NewRecord[]): Promise<Placement[]> {
    const perform = (records: readonly NewRecord[] = all) => this.#log.send(topic, records);
    const label = `send ${all.map(named).join(' ')} to ${topic}`;
    return (await ask({ label, records: { topic, all }, perform })) as Placement[];
  }

  async marks(topic: string): Promise<Mark[]> {
    return (await ask({ label: `marks of ${topic}`, perform: () => this.#log.marks(topic) })) as Mark[];
  }

  async *read(range: Range): AsyncGenerator<Batch> {
    const { topic, partition, from, to } = range;
    const batches = this.#log.read(range)[Symbol.asyncIterator]();
    for (;;) {
      const label = `read ${topic}/${partition} ${from} to ${to}`;
      const next = (await ask({ label, perform: () => batches.next() })) as IteratorResult<Batch>;
      if (next.done) return;
      yield next.value;
    }
  }

  subscribe: Log['subscribe'] = (subscription) => this.#log.subscribe(subscription);
  createTopics: Log['createTopics'] = (topics) => this.#log.createTopics(topics);
  checkTopics: Log['checkTopics'] = (topics) => this.#log.checkTopics(topics);
  close: Log['close'] = () => this.#log.close();
}

type Asked = Parameters<NonNullable<ReturnType<typeof actor>>['schedule']['arrive']>[1];

function ask(asked: Asked): Promise<unknown> {
  const mine = actor();
  return mine === undefined ? asked.perform() : mine.schedule.arrive(mine, asked);
}

function named({ key, headers }: NewRecord): string {
  return `${key}${headers['ce_streamversion'] ? `@${headers['ce_streamversion']}` : ''}`;
}
