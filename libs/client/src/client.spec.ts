import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client, oneAddress, ProblemAnswer, type SendableCommand, type SendableFact } from './index.ts';

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter?: string;
  /** the connection ends in the middle of the answer */
  readonly cut?: true;
}

let server: Server | undefined;
afterEach(() => void server?.close());

/** A service that gives these replies one after the other, the last one for ever. */
async function answering(...replies: readonly Reply[]) {
  const asked: { url: string; type: string | undefined; body: unknown }[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? null : JSON.parse(text);
      asked.push({ url: request.url ?? '', type: request.headers['content-type'], body });
      const reply = replies[Math.min(asked.length, replies.length) - 1];
      const whole = JSON.stringify(reply?.body);
      const headers = {
        'content-type': 'application/json',
        'retry-after': reply?.retryAfter ?? '0',
        'content-length': whole.length,
      };
      response.writeHead(reply?.status ?? 500, headers);
      if (reply?.cut) response.write(whole.slice(0, 5), () => response.destroy());
      else response.end(whole);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { client: new Client(oneAddress(`http://127.0.0.1:${port}`)), asked };
}

const told = { source: 'crm', occurredAt: null, precision: 'unknown', inferred: [] } as const;
const fact: SendableFact = { ...told, kind: 'fact', name: 'touch.recorded', id: 'a', data: {} };
const command: SendableCommand = {
  ...told,
  kind: 'command',
  service: 'leads',
  command: 'capture',
  on: 'lead-1',
  commandId: 'k-1',
  data: {},
};
const away = { status: 503, body: { code: 'not-available', detail: 'away' } };

describe('the client', () => {
  it('sends facts as one CloudEvents batch and gives one outcome an item', async () => {
    const problem = { detail: 'kind is wrong.', remedy: 'Send activity.' };
    const results = [{ status: 202 }, { status: 422, problem }];
    const { client, asked } = await answering({ status: 207, body: { results } });
    expect(await client.facts([fact, { ...fact, inferred: ['time', 'team'] }])).toEqual([
      { taken: true },
      { taken: false, reason: 'kind is wrong. Send activity.' },
    ]);
    expect(asked[0]).toMatchObject({ url: '/v1/events', type: 'application/cloudevents-batch+json' });
    expect(asked[0]?.body).toMatchObject([{ specversion: '1.0', id: 'a' }, { inferred: 'time,team' }]);
    expect(JSON.stringify(asked[0]?.body)).not.toContain('"time":');
  });

  it('tries again what the service cannot do at the moment, and I1 stops at an answer', async () => {
    const { client, asked } = await answering(away, away, {
      status: 202,
      body: { results: [{ status: 202 }] },
    });
    expect(await client.facts([fact])).toEqual([{ taken: true }]);
    expect(asked).toHaveLength(3);
  });

  it('I1 asks again where an answer was cut in the middle', async () => {
    const taken = { status: 202, body: { results: [{ status: 202 }] } };
    const { client, asked } = await answering({ ...taken, cut: true }, taken);
    expect(await client.facts([fact])).toEqual([{ taken: true }]);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['seconds', () => '1'],
    ['a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ])('pauses as long as Retry-After asks in %s, and a little longer', async (_, when) => {
    const { client, asked } = await answering({ ...away, retryAfter: when() }, { status: 200, body: {} });
    const started = performance.now();
    await client.get('journeys', '/v1/x');
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(asked).toHaveLength(2);
  });

  it('gives up after eight tries with the problem it was answered', async () => {
    const { client, asked } = await answering(away);
    await expect(client.get('journeys', '/v1/x')).rejects.toThrow(ProblemAnswer);
    expect(asked).toHaveLength(8);
  });

  it('never tries a refusal again', async () => {
    const { client, asked } = await answering({ status: 409, body: { code: 'offer-open', detail: 'Wait.' } });
    await expect(client.post('leads', '/v1/leads/a/offer')).rejects.toMatchObject({
      code: 'offer-open',
      status: 409,
    });
    expect(asked).toHaveLength(1);
  });

  it('sends a batch again, unchanged, when a stream in it was too busy', async () => {
    const busy = { status: 207, body: { results: [{ status: 200 }, { status: 503, problem: {} }] } };
    const good = { status: 200, body: { results: [{ status: 200 }, { status: 200 }] } };
    const { client, asked } = await answering(busy, good);
    const batch = [command, { ...command, commandId: 'k-2' }];
    expect(await client.commands('leads', batch)).toEqual([{ taken: true }, { taken: true }]);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[0]?.body).toMatchObject({
      commands: [{ command: 'capture', id: 'lead-1', idempotencyKey: 'k-1' }, {}],
    });
  });

  it('reads a list page after page', async () => {
    const { client, asked } = await answering(
      { status: 200, body: { items: [1, 2], next: 'c' } },
      { status: 200, body: { items: [3], next: null } },
    );
    const items: number[] = [];
    for await (const item of client.all<number>('touches', '/v1/quarantine', { limit: 2 })) items.push(item);
    expect(items).toEqual([1, 2, 3]);
    expect(asked.map(({ url }) => url)).toEqual([
      '/v1/quarantine?limit=2',
      '/v1/quarantine?limit=2&cursor=c',
    ]);
  });

  it('I6 finds the item for which a whole batch is refused, and gives the others in', async () => {
    const whole = {
      status: 422,
      body: { code: 'bad-string', detail: 'a text cannot be stored', remedy: 'Mend it.' },
    };
    const taken = { status: 200, body: { results: [{ status: 200 }] } };
    const { client, asked } = await answering(whole, taken, whole);
    const batch = [command, { ...command, commandId: 'k-2' }];
    expect(await client.commands('leads', batch)).toEqual([
      { taken: true },
      { taken: false, reason: 'a text cannot be stored. Mend it.' },
    ]);
    expect(asked).toHaveLength(3);
  });

  it('says what a server that knows no problem details answers', async () => {
    const { client } = await answering({ status: 414, body: { error: 'URI Too Long', message: 'Too long' } });
    await expect(client.get('journeys', '/v1/x')).rejects.toMatchObject({ status: 414, message: 'Too long' });
  });

  it('I1 emits bytes as they are, and a body too large is an answer', async () => {
    const { client, asked } = await answering({ status: 413, body: { code: 'body-too-large' } });
    const answer = await client.emit(Buffer.from('{"a":1}'), 'application/cloudevents+json');
    expect(answer).toEqual({ code: 'body-too-large' });
    expect(asked[0]).toMatchObject({ type: 'application/cloudevents+json', body: { a: 1 } });
  });

  it('does not guess which item a result belongs to', async () => {
    const { client } = await answering({ status: 202, body: { results: [] } });
    await expect(client.facts([fact])).rejects.toThrow('1 items were sent and 0 results came');
  });
});
