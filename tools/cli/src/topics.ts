import { LOG_TOPICS } from '@throughline/contracts';
import { kafkaLog, TopicMissing } from '@throughline/log';
import { InvalidArgumentError, type Command } from 'commander';
import { brokersOf, clientOf } from './context.ts';
import { say, show, table } from './output.ts';

interface Positions {
  readonly positions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly high: string;
  }[];
}

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
      const brokers = brokersOf(options.brokers);
      if (brokers === null) return embedded(command);
      const log = kafkaLog({ brokers, clientId: 'throughline-topics' });
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

/** The embedded log makes its own topics; the projection's positions tell what is in them. */
async function embedded(command: Command): Promise<void> {
  const { positions } = await clientOf(command).get<Positions>('journeys', '/v1/status');
  const names = [...new Set(positions.map(({ topic }) => topic))].sort();
  const rows = names.map((topic) => {
    const partitions = positions.filter((each) => each.topic === topic);
    return {
      topic,
      partitions: partitions.length,
      records: partitions.reduce((sum, { high }) => sum + Number(high), 0),
    };
  });
  show(command, rows, print);
}
