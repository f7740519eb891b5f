import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaLog, type KafkaAccess } from '@throughline/log';
import { kafkaJars, KafkaToolMissing } from './artifacts.ts';
import { startBroker } from './broker.ts';
import { kafkaConfig } from './kafka.config.ts';

const configured = process.env['KAFKA_BROKERS'];

async function answers(broker: string): Promise<boolean> {
  const [host, port] = broker.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

(process.env['NO_KAFKA'] === '1' ? describe.skip : describe)('the local Kafka broker', () => {
  let directory = '';
  afterEach(async () => {
    if (configured === undefined) delete process.env['KAFKA_BROKERS'];
    else process.env['KAFKA_BROKERS'] = configured;
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  it('[log: kafka] uses the broker that KAFKA_BROKERS names and leaves it running', async () => {
    process.env['KAFKA_BROKERS'] = 'kafka-1:9092, kafka-2:9092';
    const broker = await startBroker();
    expect(broker.brokers).toEqual(['kafka-1:9092', 'kafka-2:9092']);
    expect(broker.pid).toBeNull();
    await broker.stop();
    expect(() => kafkaConfig({ KAFKA_BROKERS: 'nonsense' })).toThrow("'nonsense' is not host:port");
  });

  it('[log: kafka] S9 asks for the password that it made, and lets no other user of the machine read its files', async () => {
    delete process.env['KAFKA_BROKERS'];
    directory = await mkdtemp(join(tmpdir(), 'throughline-broker-spec-'));
    await chmod(directory, 0o755); // as an older program made it
    const broker = await startBroker({ directory, withPassword: true });
    const { sasl } = broker.access;
    if (!sasl) throw new TypeError('the broker names no account');
    const topic = { name: 'journey.touches', partitions: 1 };
    const strangers: KafkaAccess[] = [
      {},
      { sasl: { ...sasl, password: 'wrong' } },
      { sasl: { ...sasl, username: 'somebody' } },
      { sasl: { ...sasl, mechanism: 'scram-sha-256' } },
    ];
    const opened = [broker.access, ...strangers].map((access) =>
      kafkaLog({ brokers: broker.brokers, clientId: 'test', ...access }),
    );
    const [own, ...others] = opened;
    await own?.createTopics([topic]);
    const record = { key: 'k', value: Buffer.from('{}'), headers: {}, timestamp: 1_790_000_000_000 };
    expect(await own?.send(topic.name, [record])).toHaveLength(1);
    for (const other of others)
      await expect(other.send(topic.name, [record], { timeoutMs: 2_000 })).rejects.toThrow();
    expect((await own?.marks(topic.name))?.[0]?.high).toBe(1n);
    await Promise.all(opened.map((log) => log.close()));
    const files = (await readdir(directory, { recursive: true })).map((path) => join(directory, path));
    expect(files.length).toBeGreaterThan(10);
    const modes = await Promise.all(
      [directory, ...files].map(async (path) => [path, (await stat(path)).mode & 0o077]),
    );
    expect(modes.filter(([, others]) => others !== 0)).toEqual([]);
    await broker.stop();
    const again = await startBroker({ directory, withPassword: true });
    await again.stop();
    expect(again.access).toEqual(broker.access);
  });

  it('[log: kafka] starts one, stops it by its id, and comes back with its data on the port it had', async () => {
    delete process.env['KAFKA_BROKERS'];
    directory = await mkdtemp(join(tmpdir(), 'throughline-broker-spec-'));
    const first = await startBroker({ directory });
    const [address = ''] = first.brokers;
    expect(await answers(address)).toBe(true);
    const { stdout } = await promisify(execFile)('ps', ['-o', 'comm=', '-p', String(first.pid)]);
    expect(stdout.trim()).toBe('java');
    await first.stop();
    expect(await answers(address)).toBe(false);
    expect(existsSync(join(directory, 'data/meta.properties'))).toBe(true);
    const left = await startBroker({ directory }); // as if its owner were killed: nobody stops it
    const again = await startBroker({ directory, port: Number(address.split(':')[1]) });
    expect(again.brokers).toEqual([address]);
    expect(await answers(address)).toBe(true);
    expect(() => process.kill(left.pid ?? 0, 0)).toThrow();
    await again.stop();
  });
});

describe('where Java or Maven is missing', () => {
  it('says what to install', async () => {
    const fetching = (commands: { java: string; maven: string }) =>
      kafkaJars('/nowhere/cache', () => undefined, commands);
    for (const commands of [
      { java: 'no-java', maven: 'mvn' },
      { java: 'true', maven: 'no-mvn' },
    ]) {
      await expect(fetching(commands)).rejects.toThrow(KafkaToolMissing);
      await expect(fetching(commands)).rejects.toThrow(/JDK 17 or newer and Maven.*or set KAFKA_BROKERS/);
    }
  });
});
