import { StoreBehindLog } from '../event-store.error.ts';

/** A stream of which the log has versions that the store lacks. */
export interface Lacking {
  readonly stream: string;
  readonly stored: number;
  readonly logged: number;
}

/** A version for which the log has one event and the store another. */
export interface Differing {
  readonly stream: string;
  readonly version: number;
  readonly logged: string;
  readonly stored: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** A partition that does not go as far as the store has read it, or is another one. */
export interface LogLacks {
  readonly topic: string;
  readonly partition: number;
  readonly reason: string;
}

/**
 * How a store and its log stand.
 * - `not-compared`: the log has not answered since the start; decisions are taken by what the store says
 * - `comparing`: it is read for the first time, or anew since the store may have been restored
 */
export type Standing =
  | { readonly kind: 'not-compared' | 'comparing'; readonly reason: string }
  | { readonly kind: 'equal' }
  | {
      readonly kind: 'store-behind';
      readonly streams: number;
      readonly events: number;
      readonly first: readonly Lacking[];
    }
  | { readonly kind: 'store-differs'; readonly differences: number; readonly first: readonly Differing[] }
  | { readonly kind: 'log-behind'; readonly partitions: readonly LogLacks[] };

/** Whether it is known that the two differ. */
export function isWrong({ kind }: Standing): boolean {
  return kind === 'store-behind' || kind === 'store-differs' || kind === 'log-behind';
}

/** What a caller is told whose decision is not taken now; null where it is. */
export function refusalOf(standing: Standing, service: string): StoreBehindLog | null {
  const said = sayOf(standing, service);
  if (said === null || standing.kind === 'not-compared') return null;
  return new StoreBehindLog({ code: codes[standing.kind as keyof typeof codes], ...said });
}

const codes = {
  comparing: 'store-not-compared',
  'store-behind': 'store-behind-log',
  'store-differs': 'store-differs-from-log',
  'log-behind': 'log-behind-store',
} as const;

/** What is wrong and what to do about it, for people; null when all is well. */
export function sayOf(standing: Standing, service: string): { reason: string; remedy: string } | null {
  const restore = `throughline restore-store --service ${service}`;
  switch (standing.kind) {
    case 'equal':
      return null;
    case 'not-compared':
      return {
        reason: `The store of ${service} has not been compared with the log yet: ${standing.reason}`,
        remedy: 'It is compared as soon as the log answers.',
      };
    case 'comparing':
      return {
        reason: `The store of ${service} is being compared with the log, so no decision is taken: ${standing.reason}`,
        remedy: 'Send the same request again in a few seconds, with the same Idempotency-Key.',
      };
    case 'store-behind': {
      const { streams, events, first } = standing;
      return {
        reason:
          `The store of ${service} is older than its log, so no decision is taken: the log has ${events} events of ` +
          `${streams} streams that the store lacks (${list(first, streams, ({ stream, stored, logged }) => `${stream}: the log has version ${logged}, the store ${stored}`)}). ` +
          'It was probably restored from a backup.',
        remedy: `\`${restore} --dry-run\` lists them; \`${restore}\` takes them back from the log. Then send the request again.`,
      };
    }
    case 'store-differs': {
      const { differences, first } = standing;
      return {
        reason:
          `The store of ${service} and its log differ, so no decision is taken: for ${differences} versions the log has ` +
          `another event than the store (${list(first, differences, ({ stream, version, logged, stored }) => `${stream} version ${version}: ${logged} in the log, ${stored} in the store`)}).`,
        remedy:
          `\`${restore} --dry-run\` lists them. Readers have applied the events of the log: \`${restore} --replace\` takes ` +
          'those, and puts what the store has instead aside in its table displaced_event, to be decided anew.',
      };
    }
    case 'log-behind':
      return {
        reason:
          `The log is older than the store of ${service}, so no decision is taken: ` +
          `${standing.partitions.map(({ topic, partition, reason }) => `${topic}/${partition} ${reason}`).join('; ')}.`,
        remedy:
          'Bring back the log that the store has read, or a newer copy of it. Where it is lost for good, ' +
          `\`${restore} --accept-log\` compares with the log as it is and sends it what it lacks.`,
      };
    default:
      return standing satisfies never;
  }
}

function list<T>(first: readonly T[], all: number, say: (one: T) => string): string {
  return `${first.map(say).join('; ')}${all > first.length ? `; and ${all - first.length} more` : ''}`;
}
