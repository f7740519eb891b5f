import type { KafkaConfig } from 'kafkajs';

/** How a client shows who it is, and whether what it says is encrypted. */
export interface KafkaAccess {
  readonly sasl?: KafkaPassword;
  readonly ssl?: NonNullable<KafkaConfig['ssl']>;
}

export interface KafkaPassword {
  readonly mechanism: (typeof SASL_MECHANISMS)[number];
  readonly username: string;
  readonly password: string;
}

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** The keys of an environment that say it; every one may be left out. */
export interface KafkaAccessKeys {
  readonly KAFKA_TLS?: 'true' | 'false' | undefined;
  readonly KAFKA_SASL_MECHANISM?: KafkaPassword['mechanism'] | undefined;
  readonly KAFKA_USERNAME?: string | undefined;
  readonly KAFKA_PASSWORD?: string | undefined;
}

/** @throws TypeError when there is a name without a password, a password without a name, or an unknown mechanism */
export function kafkaAccess(keys: KafkaAccessKeys): KafkaAccess {
  const {
    KAFKA_USERNAME: username,
    KAFKA_PASSWORD: password,
    KAFKA_SASL_MECHANISM: mechanism = 'plain',
  } = keys;
  if (Boolean(username) !== Boolean(password)) {
    throw new TypeError('KAFKA_USERNAME and KAFKA_PASSWORD go together: set both, or neither.');
  }
  if (!SASL_MECHANISMS.includes(mechanism)) {
    throw new TypeError(`KAFKA_SASL_MECHANISM must be one of ${SASL_MECHANISMS.join(', ')}.`);
  }
  return {
    ...(username && password ? { sasl: { mechanism, username, password } } : {}),
    ...(keys.KAFKA_TLS === 'true' ? { ssl: true } : {}),
  };
}

/** The same as keys of an environment, for a process that is started. */
export function kafkaAccessKeys({ sasl, ssl }: KafkaAccess): Record<string, string> {
  return {
    ...(sasl
      ? {
          KAFKA_SASL_MECHANISM: sasl.mechanism,
          KAFKA_USERNAME: sasl.username,
          KAFKA_PASSWORD: sasl.password,
        }
      : {}),
    ...(ssl ? { KAFKA_TLS: 'true' } : {}),
  };
}
