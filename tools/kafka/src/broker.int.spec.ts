import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
