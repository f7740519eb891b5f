import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '../testing/index.ts';
import { forgetCutReply } from './forget-cut-reply.ts';

type Connection = new (options: object) => {
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  isConnected(): boolean;
  bytesBuffered: number;
  requestQueue: { fulfillRequest(reply: { correlationId: number; payload: Buffer }): void };
};

/** A reply of Kafka: its length, the number of its request, its body. */
function reply(number: number, body: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(number, 4);
  return Buffer.concat([head, Buffer.from(body)]);
}

describe("the patch of kafkajs' connection", () => {
  let server: Server;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    server = createServer({ allowHalfOpen: true }, (socket) => void sockets.push(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  it('I4 reads the replies of a new connection though the last one ended in the middle of a reply', async () => {
    const { connection, read } = open();
    await connection.connect();
    await eventually('the server to have it', () => sockets.length === 1);
    sockets[0]?.end(reply(1, 'cut').subarray(0, 3));
    await eventually('the end of the connection', () => !connection.isConnected());
    expect(connection.bytesBuffered).toBe(3);
    await connection.connect();
    await eventually('the server to have the next', () => sockets.length === 2);
    sockets[1]?.write(reply(2, 'whole'));
    await eventually('its reply', () => read.length > 0);
    expect(read).toEqual(['2 whole']);
    await connection.disconnect();
  });

  it('I4 hears nothing of a connection that was given up, though its server goes on sending', async () => {
    const { connection, read } = open();
    await connection.connect();
    await eventually('the server to have it', () => sockets.length === 1);
    await connection.disconnect();
    await connection.connect();
    await eventually('the server to have the next', () => sockets.length === 2);
    const late = reply(1, 'late');
    for (const part of [late.subarray(0, 6), late.subarray(6)]) {
      await new Promise((sent) => sockets[0]?.write(part, sent));
      sockets[1]?.write(reply(2, 'whole'));
      const before = read.length;
      await eventually('the reply between', () => read.length > before);
    }
    expect(read).toEqual(['2 whole', '2 whole']);
    await connection.disconnect();
  });

  it('I1 goes on with the next connection when the server ends one that was given up', async () => {
    const { connection, read } = open();
    await connection.connect();
    await eventually('the server to have it', () => sockets.length === 1);
    await connection.disconnect();
    await connection.connect();
    await eventually('the server to have the next', () => sockets.length === 2);
    sockets[0]?.end();
    await new Promise((ended) => sockets[0]?.once('close', ended).resume());
    sockets[1]?.write(reply(2, 'whole'));
    await eventually('the reply', () => read.length > 0);
    expect(connection.isConnected()).toBe(true);
    await connection.disconnect();
  });

  it('I1 ends a connection whose replies cannot be read, not the process', async () => {
    const { connection, read } = open();
    await connection.connect();
    await eventually('the server to have it', () => sockets.length === 1);
    sockets[0]?.write(Buffer.from([0, 0, 0, 2, 1, 1]));
    await eventually('the end of the connection', () => !connection.isConnected());
    expect(read).toEqual([]);
  });

  function open(): { connection: InstanceType<Connection>; read: string[] } {
    forgetCutReply();
    const Connection = createRequire(import.meta.url)('kafkajs/src/network/connection') as Connection;
    const silent = () => undefined;
    const logger = { debug: silent, error: silent, warn: silent, info: silent, namespace: () => logger };
    const { port } = server.address() as AddressInfo;
    const socketFactory = ({ onConnect }: { onConnect: () => void }) => connect(port, '127.0.0.1', onConnect);
    const connection = new Connection({
      ...{ host: '127.0.0.1', port, logger, socketFactory, requestTimeout: 1_000, connectionTimeout: 1_000 },
    });
    const read: string[] = [];
    connection.requestQueue.fulfillRequest = ({ correlationId, payload }) =>
      void read.push(`${correlationId} ${String(payload)}`);
    return { connection, read };
  }
});
