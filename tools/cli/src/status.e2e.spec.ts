import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaLog, type Log } from '@throughline/log';
import { eventually, TcpProxy, testBrokers, topicsUnder } from '@throughline/log/testing';
import { oneProcess, type OneProcess } from '@throughline/standalone/testing';
import { run } from './testing/run.ts';

const describeKafka = process.env['NO_KAFKA'] === '1' ? describe.skip : describe;

describeKafka('[log: kafka] throughline status', () => {
  let proxy: TcpProxy;
  let log: Log;
  let services: OneProcess;
  beforeAll(async () => {
    const [host = '', port = ''] = (testBrokers()[0] ?? '').split(':');
    proxy = await TcpProxy.start({ host, port: Number(port) });
    const kafka = kafkaLog({
      ...{ brokers: testBrokers(), clientId: 'status' },
      socketFactory: ({ onConnect }) => connect(proxy.port, '127.0.0.1', onConnect),
    });
    log = topicsUnder(randomUUID(), kafka);
    services = await oneProcess({ log });
    const fact = { kind: 'activity', touchType: 'page-view', team: 'marketing' };
    await fetch(`${services.url}/v1/touches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fact),
    });
    await services.settled();
  });
  afterAll(async () => {
    await services.stop();
    await log.close();
    await proxy.stop();
  });

  it.each([
    ['refuses connections', () => proxy.down(), () => proxy.up()],
    ['carries nothing any more', () => Promise.resolve(proxy.poison({ halfOpen: true })), () => proxy.heal()],
  ])(
    'F9 shows all that needs no broker while it %s, and says that it does not answer',
    async (_, away, back) => {
      expect((await run(services.url, 'status')).exitCode).toBe(0);
      await away();
      await eventually('the log to be missed', async () => {
        const { out, error, exitCode } = await run(services.url, 'status');
        expect(error).toBe('');
        expect(out).toContain('read 1 = applied 1 + parked 0 + duplicates 0');
        expect(out).toContain('Intake: received 1');
        return exitCode === 1 && out.includes('The log does not answer');
      });
      const status = await fetch(`${services.url}/v1/status`);
      expect(status.status).toBe(200);
      expect(await status.json()).toMatchObject({
        log: { answers: false, reason: expect.stringMatching(/\w/) },
        lag: { events: null, seconds: null },
        accounting: { accepted: 1, applied: 1, balanced: true },
      });
      await back();
      await eventually(
        'the log to answer again',
        async () => (await run(services.url, 'status')).exitCode === 0,
      );
    },
  );
});

describe('throughline status without a service', () => {
  it('F9 says which part does not answer, and tries no second time', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const { out, error, exitCode } = await run(`http://127.0.0.1:${port}`, 'status');
    expect([error, exitCode]).toEqual(['', 1]);
    for (const part of ['journeys does not answer /v1/status', 'touches does not answer /v1/accounting'])
      expect(out).toContain(part);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
