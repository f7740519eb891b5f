import { describe, expect, it } from '@jest/globals';
import { formatAfter, furthest, parseAfter, processSchema, readConfig } from './index.ts';
import { ServiceLog } from './service-log.ts';

const schema = processSchema(3401);

describe('the environment', () => {
  it('is read once, with defaults, and frozen', () => {
    const config = readConfig(schema, {
      DATABASE_URL: 'postgres://u:p@h/touches',
      LOG: 'kafka',
      KAFKA_BROKERS: 'a:9092, b:9092',
      PORT: '',
      PATH: '/bin',
    });
    expect(config).toEqual({
      HOST: '127.0.0.1',
      ALLOWED_HOSTS: [],
      PORT: 3401,
      LOG: 'kafka',
      KAFKA_BROKERS: ['a:9092', 'b:9092'],
      DATABASE_URL: 'postgres://u:p@h/touches',
      PARTITIONS: 12,
      MAX_REQUESTS: 256,
      MAX_BODY_BYTES: 33_554_432,
      MAX_WAIT_MS: 1_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every bad key in one message, and no value', () => {
    const read = () =>
      readConfig(schema, { DATABASE_URL: 'mysql://root:hunter2@h', PORT: 'x', HOST: '0.0.0.0' });
    expect(read).toThrow(/HOST: .*loopback[^]*PORT: [^]*DATABASE_URL: must be a postgres/);
    expect(read).not.toThrow(/hunter2/);
  });

  it('S9 takes a name and a password for Kafka, both or neither, and says neither of them', () => {
    const kafka = { DATABASE_URL: 'postgres://h/t', LOG: 'kafka', KAFKA_BROKERS: 'a:9092' };
    const account = { KAFKA_USERNAME: 'throughline', KAFKA_PASSWORD: 'hunter2', KAFKA_TLS: 'true' };
    const sasl = { ...account, KAFKA_SASL_MECHANISM: 'scram-sha-256' };
    expect(readConfig(schema, { ...kafka, ...sasl })).toMatchObject(sasl);
    const half = () => readConfig(schema, { ...kafka, KAFKA_PASSWORD: 'hunter2' });
    expect(half).toThrow(/KAFKA_USERNAME: is needed: name and password go together/);
    expect(half).not.toThrow(/hunter2/);
    expect(() => readConfig(schema, { ...kafka, ...account, KAFKA_SASL_MECHANISM: 'gssapi' })).toThrow(
      /KAFKA_SASL_MECHANISM: /,
    );
    expect(() => readConfig(schema, { ...kafka, KAFKA_TLS: 'yes' })).toThrow(/KAFKA_TLS: /);
  });

  it('checks relations between keys too, even where another key is bad', () => {
    const read = () => readConfig(schema, { DATABASE_URL: 'postgres://h/t', LOG: 'kafka', PORT: 'x' });
    expect(read).toThrow(/PORT: [^]*KAFKA_BROKERS: is needed when LOG is kafka/);
  });
});

describe('a log line', () => {
  it('is one JSON object without the password of a URL', () => {
    const lines: string[] = [];
    const log = new ServiceLog({
      service: 's',
      write: (line) => void lines.push(line),
      now: () => new Date(0),
    });
    log.error('lost', { position: 1 }, new Error('connect postgres://touches:hunter2@db/touches\nfailed'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      level: 'error',
      position: 1,
    });
  });
});

describe('after', () => {
  it('is read as it was written, and keeps only the furthest place of a partition', () => {
    const at = (offset: bigint) => ({
      kind: 'position' as const,
      topic: 'journey.touches',
      partition: 3,
      offset,
    });
    const event = { kind: 'event' as const, id: '0b54c3c4-6d0c-5a9f-8f4e-0d4a2f2c6b1e' };
    expect(parseAfter(formatAfter([at(1n), event]))).toEqual([at(1n), event]);
    expect(furthest([at(5n), at(7n), at(6n), event])).toEqual([at(7n), event]);
  });

  it('that no answer gave is refused', () => {
    for (const text of ['', 'x', 'journey.touches/1', 'event/1', `event/${'-'.repeat(36)}`, 'a/b/c'])
      expect(() => parseAfter(text)).toThrow();
  });
});
