import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy.ts';
import { eventually } from './collector.ts';

/** A server that says what it heard, and a client that keeps what it was told. */
describe('a proxy before a server', () => {
  let server: Server;
  let heard: string;
  let proxy: TcpProxy;
  let clients: Socket[];

  beforeEach(async () => {
    heard = '';
    clients = [];
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (piece) => {
        heard += String(piece);
        socket.write(`heard ${String(piece)}`);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    proxy = await TcpProxy.start({ host: '127.0.0.1', port }, { random: () => 0.5 });
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    await proxy.stop();
    server.close();
    await once(server, 'close');
  });

  async function open() {
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    const state = { told: '', pieces: 0, closed: false };
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      state.told += String(piece);
      state.pieces += 1;
    });
    socket.on('close', () => (state.closed = true));
    await once(socket, 'connect');
    return { state, say: (text: string) => socket.write(text) };
  }

  it('carries both ways, and what is large whole', async () => {
    const { state, say } = await open();
    const large = 'x'.repeat(3_000_000);
    say(large);
    await eventually('all of it', async () => heard.length === large.length);
    await eventually('all of the replies', async () => state.told.replaceAll('heard ', '') === large);
  });

  it('holds replies back by the latency, and cuts them in slices', async () => {
    proxy.poison({ latency: 80, slice: 3 });
    const { state, say } = await open();
    const from = performance.now();
    say('me');
    await eventually('a reply', async () => state.told === 'heard me');
    expect(performance.now() - from).toBeGreaterThan(70);
    expect(state.told).toBe('heard me');
  });

  it('ends the connection once the reply has begun: the server did it, the client cannot know', async () => {
    proxy.poison({ cutReplies: 1 });
    const { state, say } = await open();
    say('append');
    await eventually('the end', async () => state.closed);
    expect([heard, state.told]).toEqual(['append', 'h']);
  });

  it('ends the connection at a text, before it arrives or after', async () => {
    proxy.poison({ cutAt: { text: 'COMMIT', when: 'before', share: 1 } });
    const before = await open();
    before.say('COMMIT');
    await eventually('the end', async () => before.state.closed);
    expect(heard).toBe('');
    proxy.poison({ cutAt: { text: 'COMMIT', when: 'replied', share: 1 } });
    const after = await open();
    after.say('COMMIT');
    await eventually('the end', async () => after.state.closed);
    expect(heard).toBe('COMMIT');
  });

  it('half-open: nothing comes and nothing ends; healed, new connections work', async () => {
    const old = await open();
    proxy.poison({ halfOpen: true });
    old.say('lost');
    const silent = await open();
    silent.say('lost too');
    proxy.silence();
    await proxy.heal();
    await eventually('the dead ones to end', async () => old.state.closed && silent.state.closed);
    const { state, say } = await open();
    say('again');
    await eventually('a reply', async () => state.told === 'heard again');
    expect(heard).toBe('again');
  });

  it('down: refuses on the port it keeps; up again it serves there', async () => {
    const { state } = await open();
    await proxy.down();
    await eventually('the end', async () => state.closed);
    await expect(open()).rejects.toThrow('ECONNREFUSED');
    await proxy.heal();
    const back = await open();
    back.say('hello');
    await eventually('a reply', async () => back.state.told === 'heard hello');
  });

  it('tells who watches when a text goes by', async () => {
    let seen = 0;
    const unwatch = proxy.watch('settle', () => (seen += 1));
    const { say } = await open();
    say('settle');
    await eventually('it', async () => heard === 'settle');
    unwatch();
    say('settle');
    await eventually('both', async () => heard === 'settlesettle');
    expect(seen).toBe(1);
  });
});
