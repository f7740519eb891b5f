import type { Client } from '@throughline/client';
import { eventually } from '@throughline/log/testing';
import type { Rebuilt, TableDigest, Verification } from '@throughline/projection';

export interface Accounting {
  readonly accepted: number;
  readonly applied: number;
  readonly parked: number;
  readonly duplicates: number;
  readonly balanced: boolean;
}

interface Status {
  readonly projection: { readonly schema: string };
  readonly accounting: Accounting;
}

interface Job<T> {
  readonly state: 'running' | 'done' | 'failed';
  readonly result: T;
  readonly error: string | null;
}

export interface JourneyEntry {
  readonly eventId: string;
  readonly name: string;
  readonly anonymous: boolean;
  readonly when: { readonly at: string | null };
  readonly data: Readonly<Record<string, unknown>>;
}

/** What operators and readers ask the read side, over HTTP. */
export class Journeys {
  constructor(private readonly client: Client) {}

  async accounting(): Promise<Accounting> {
    return (await this.status()).accounting;
  }

  /** of the live build */
  async schema(): Promise<string> {
    return (await this.status()).projection.schema;
  }

  async digests(kind: 'content' | 'full' = 'content'): Promise<readonly TableDigest[]> {
    return (await this.client.get<{ items: TableDigest[] }>('journeys', '/v1/digests', { kind })).items;
  }

  verify(): Promise<Verification> {
    return this.run('verify');
  }

  rebuild(): Promise<Rebuilt> {
    return this.run('rebuild');
  }

  async timeline(kind: string, id: string): Promise<readonly JourneyEntry[]> {
    const entries: JourneyEntry[] = [];
    for await (const entry of this.client.all<JourneyEntry>('journeys', `/v1/journeys/${kind}/${id}`))
      entries.push(entry);
    return entries;
  }

  private status(): Promise<Status> {
    return this.client.get('journeys', '/v1/status');
  }

  private async run<T>(job: 'verify' | 'rebuild'): Promise<T> {
    const path = `/v1/projection/${job}`;
    let state = await this.client.post<Job<T>>('journeys', path);
    await eventually(`${job} to end`, async () => {
      state = await this.client.get<Job<T>>('journeys', path);
      return state.state !== 'running';
    });
    if (state.state === 'failed') throw new Error(`${job} failed: ${state.error}`);
    return state.result;
  }
}
