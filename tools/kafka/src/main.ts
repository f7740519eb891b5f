import { kafkaAccessKeys } from '@throughline/log';
import { startBroker } from './index.ts';

/** Runs one broker in the foreground until SIGINT or SIGTERM; `--data <folder>` keeps its data, `--password` asks clients for one. */
const at = process.argv.indexOf('--data');
const directory = at > 0 ? process.argv[at + 1] : undefined;

const broker = await startBroker({
  ...(directory ? { directory } : {}),
  withPassword: process.argv.includes('--password'),
  log: process.argv.includes('--verbose') ? (line) => console.error(line) : () => {},
});
const keys = { KAFKA_BROKERS: broker.brokers.join(','), ...kafkaAccessKeys(broker.access) };
for (const [key, value] of Object.entries(keys)) console.log(`export ${key}=${value}`);
console.error(`broker pid ${broker.pid ?? 'not started here'}; Ctrl-C stops it`);

const held = setInterval(() => {}, 3_600_000);
const stop = async () => {
  clearInterval(held);
  await broker.stop();
};
process.once('SIGINT', stop).once('SIGTERM', stop);
