import { Inject, Module, type DynamicModule } from '@nestjs/common';
import { LogUnavailable, TopicMissing, type Log } from '@throughline/log';
import { Health, type Finding } from './health.ts';
import { Lifecycle } from './lifecycle.ts';
import { UntilDone, type UntilDoneOptions } from './until-done.ts';

export interface TopicCheckOptions extends Omit<UntilDoneOptions, 'giveUp'> {
  readonly log: Log;
  /** topics that the service reads or writes */
  readonly topics: readonly string[];
  /** how many each must have */
  readonly partitions: number;
  /** told of a wrong setting that was found after `start`: the service must stop */
  readonly refused: (error: unknown) => void;
}

/**
 * Looks whether topics are set as they must be, as soon as the log answers: Kafka's defaults would delete imported
 * history, and other partitions would reorder keys. A broker that came empty may still get its topics.
 */
export class TopicCheck extends UntilDone {
  /** The log, away until its topics were found right: nothing is written to or read from a wrong topic. */
  readonly log: Log;
  readonly #topics: readonly string[];

  constructor({ log, topics, partitions, refused, ...options }: TopicCheckOptions) {
    super(() => log.checkTopics(topics.map((name) => ({ name, partitions }))), {
      ...options,
      giveUp: (error) => {
        if (error instanceof TopicMissing) return false;
        refused(error);
        return true;
      },
    });
    this.#topics = topics;
    this.log = checkedFirst(log, (asked) => {
      if (this.waitsFor !== null) throw new LogUnavailable(asked, 'its topics have not been checked yet');
    });
  }

  /** Whether the log answers now. */
  async finding(): Promise<Finding> {
    const [topic] = this.#topics;
    if (this.waitsFor !== null || topic === undefined)
      return { ok: this.waitsFor === null, detail: { waitsFor: this.waitsFor } };
    const answered = this.log.marks(topic).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const late = new Promise<string>((resolve) => {
      setTimeout(resolve, ANSWER_MS, 'the log does not answer').unref();
    });
    const reason = await Promise.race([answered, late]);
    return { ok: reason === null, detail: { waitsFor: reason } };
  }
}

/** Long enough that a broker which is busy is not called away; health gives a check 2 s in all. */
const ANSWER_MS = 1_800;

function checkedFirst(log: Log, checked: (asked: string) => void): Log {
  return {
    kind: log.kind,
    async send(topic, records, options) {
      checked(topic);
      return log.send(topic, records, options);
    },
    async marks(topic) {
      checked(topic);
      return log.marks(topic);
    },
    async *read(range) {
      checked(range.topic);
      yield* log.read(range);
    },
    async subscribe(subscription) {
      checked(subscription.topics.join(', '));
      return log.subscribe(subscription);
    },
    createTopics: (topics) => log.createTopics(topics),
    checkTopics: (topics) => log.checkTopics(topics),
    close: () => log.close(),
  };
}

const CHECK = Symbol('topic check');
const PREFIX = Symbol('name of the service');

/** Goes on looking while the process runs, and says in /health/fresh (`<service>.log`) whether the log answers. */
@Module({})
export class TopicCheckModule {
  constructor(
    @Inject(CHECK) check: TopicCheck,
    @Inject(PREFIX) service: string,
    health: Health,
    lifecycle: Lifecycle,
  ) {
    health.fresh(`${service}.log`, () => check.finding());
    // not waited for: a broker that does not answer must not hold the stop
    lifecycle.consumer(async () => void check.stop());
  }

  static of(service: string, check: TopicCheck): DynamicModule {
    return {
      module: TopicCheckModule,
      providers: [
        { provide: CHECK, useValue: check },
        { provide: PREFIX, useValue: service },
      ],
    };
  }
}
