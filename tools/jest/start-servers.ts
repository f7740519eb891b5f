import '../typescript/register.mjs';
import { serverDirectory, started } from './servers.ts';

/**
 * Starts what the tests of the real thing need and the environment does not name: PostgreSQL
 * (THROUGHLINE_TEST_POSTGRES, a superuser's URL) and Kafka (KAFKA_BROKERS; left out with NO_KAFKA=1).
 * Workers and in-band tests see the addresses in their environment.
 */
export default async function startServers(): Promise<void> {
  if (!process.env['THROUGHLINE_TEST_POSTGRES']) await startPostgres();
  if (!process.env['KAFKA_BROKERS'] && process.env['NO_KAFKA'] !== '1') await startKafka();
}

async function startPostgres(): Promise<void> {
  const { EmbeddedPostgres } = await import('@throughline/postgres');
  const { directory, remove } = serverDirectory('postgres');
  const server = await EmbeddedPostgres.start({ directory });
  process.env['THROUGHLINE_TEST_POSTGRES'] = server.adminUrl;
  started().push(async () => {
    await server.stop();
    remove();
  });
}

async function startKafka(): Promise<void> {
  const { startBroker } = await import('@throughline/kafka-broker');
  const { directory, remove } = serverDirectory('kafka');
  const broker = await startBroker({ directory });
  process.env['KAFKA_BROKERS'] = [broker.brokers].flat().join(',');
  started().push(async () => {
    await broker.stop();
    remove();
  });
}
