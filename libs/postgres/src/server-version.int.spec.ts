import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, isInfrastructure, ServerTooOld } from './index.ts';
import { testDatabase, type TestDatabase } from './testing/index.ts';

/** A way to a server that makes its version, wherever it says 18, another. */
async function pretend(url: string, version: string) {
  const target = new URL(url);
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.pipe(server);
    server.on('data', (bytes) =>
      client.write(Buffer.from(bytes.toString('latin1').replace(/\b18(?=\d{4}(?!\d))/, version), 'latin1')),
    );
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((proxy.address() as AddressInfo).port);
  return { url: through.href, close: () => new Promise((resolve) => proxy.close(resolve)) };
}

describe('a database', () => {
  let home: TestDatabase;
  beforeAll(async () => void (home = await testDatabase('server version')));
  afterAll(() => home.drop());

  it('of a server older than 18 is not opened, and the message says what to do', async () => {
    const proxy = await pretend(home.url, '17');
    const error: unknown = await Database.open({ url: proxy.url, name: 'old' }).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(ServerTooOld);
    expect((error as Error).message).toMatch(/is PostgreSQL 17, .* needs 18 or newer: upgrade the server/);
    expect(isInfrastructure(error)).toBe(false);
    await proxy.close(); // nothing is left connected, or this would wait for it
  });

  it('of a newer one is opened', async () => {
    const proxy = await pretend(home.url, '19');
    await (await Database.open({ url: proxy.url, name: 'new' })).close();
    await proxy.close();
  });
});
