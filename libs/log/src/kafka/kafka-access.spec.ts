import { describe, expect, it } from '@jest/globals';
import { kafkaAccess, kafkaAccessKeys } from './kafka-access.ts';

describe('access to Kafka', () => {
  it('is open where the environment names nobody', () => {
    expect(kafkaAccess({})).toEqual({});
    expect(kafkaAccess({ KAFKA_TLS: 'false' })).toEqual({});
  });

  it('S9 comes back from the keys that a started process gets', () => {
    const access = {
      sasl: { mechanism: 'scram-sha-512', username: 'throughline', password: 'secret' },
      ssl: true,
    } as const;
    expect(kafkaAccess(kafkaAccessKeys(access))).toEqual(access);
    expect(kafkaAccess({ KAFKA_USERNAME: 'a', KAFKA_PASSWORD: 'b' }).sasl?.mechanism).toBe('plain');
  });

  it('is refused when it is half said, without the password in the message', () => {
    expect(() => kafkaAccess({ KAFKA_USERNAME: 'a' })).toThrow('set both, or neither');
    expect(() => kafkaAccess({ KAFKA_PASSWORD: 'secret' })).toThrow(/^(?!.*secret)/);
    const mechanism = 'digest-md5' as 'plain';
    const keys = { KAFKA_USERNAME: 'a', KAFKA_PASSWORD: 'b', KAFKA_SASL_MECHANISM: mechanism };
    expect(() => kafkaAccess(keys)).toThrow('plain, scram-sha-256, scram-sha-512');
  });
});
