import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A way to a server that loses one answer: when a client sends `statement` (without parameters), it is passed on, and
 * the connection is cut as soon as the server answers, before a byte of the answer comes through.
 */
export async function cutAnswers(
  url: string,
  statement: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    let cut = false;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (bytes) => {
      cut ||= bytes.includes(`${statement}\0`);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!cut) return void client.write(bytes);
      client.destroy();
      server.destroy();
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((proxy.address() as AddressInfo).port);
  return {
    url: through.href,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        proxy.close(() => resolve());
      }),
  };
}
