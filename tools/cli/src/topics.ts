import { LOG_TOPICS } from '@throughline/contracts';
import { ProblemAnswer, type Client, type Page } from '@throughline/client';
import { kafkaLog, TopicMissing } from '@throughline/log';
import { InvalidArgumentError, type Command } from 'commander';
import { brokersOf, clientOf, UsageError } from './context.ts';
import { say, show, table } from './output.ts';

const partitionsOption = (text: string): number => {
  const partitions = Number(text);
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 10_000)
    throw new InvalidArgumentError('It takes 1 to 10000.');
  return partitions;
};

export function addTopics(program: Command): void {
  program
    .command('topics')
    .option('--create', 'make what is missing and check the settings of what is there')
    .option('--partitions <number>', 'of a topic that is made; never changed later', partitionsOption, 12)
    .option('--brokers <list>', 'Kafka brokers; the running installation’s, or KAFKA_BROKERS, unless told')
    .description('the topics of the log: partitions and records; kept for ever')
    .action(async (options: { create?: boolean; partitions: number; brokers?: string }, command: Command) => {
      const kafka = isElsewhere(command, options.brokers) ? null : brokersOf(options.brokers);
      if (kafka === null) {
        if (options.create)
          throw new UsageError('--create is for Kafka: the embedded log makes its topics by itself.');
        return show(command, await embedded(clientOf(command)), print);
      }
      const log = kafkaLog({ ...kafka, clientId: 'throughline-topics' });
      const settings = LOG_TOPICS.map((name) => ({ name, partitions: options.partitions }));
      try {
        if (options.create) await log.createTopics(settings);
        const topics = await Promise.all(
          LOG_TOPICS.map(async (topic) => {
            const marks = await log.marks(topic).catch((error: unknown) => {
              if (error instanceof TopicMissing) return null;
              throw error;
            });
            return {
              topic,
              partitions: marks?.length ?? null,
              records: marks ? Number(marks.reduce((sum, mark) => sum + mark.high - mark.low, 0n)) : null,
            };
          }),
        );
        show(command, topics, print);
      } finally {
        await log.close();
      }
    });
}

/** An address names an installation, whatever runs on this machine; brokers name a log themselves. */
const isElsewhere = (command: Command, brokers: string | undefined): boolean =>
  brokers === undefined && command.optsWithGlobals<{ url?: string }>().url !== undefined;

/** @throws UsageError where the services are processes of their own */
async function embedded(client: Client): Promise<readonly TopicRow[]> {
  const page = await client.get<Page<TopicRow>>('journeys', '/v1/log/topics').catch((error: unknown) => {
    if (error instanceof ProblemAnswer && error.status === 404)
      throw new UsageError('There is no embedded log: name the Kafka brokers with --brokers.');
    throw error;
  });
  return page.items;
}

interface TopicRow {
  readonly topic: string;
  readonly partitions: number | null;
  readonly records: number | null;
}

function print(topics: readonly TopicRow[]): void {
  table(
    ['topic', 'partitions', 'records'],
    topics.map(({ topic, partitions, records }) => [topic, partitions, records]),
  );
  if (topics.some(({ partitions }) => partitions === null))
    say('', 'A dash: not there. `throughline topics --create` makes it.');
}
