import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those could sit there when a server comes back. */
const [LOWEST, HIGHEST] = [20_000, 32_000];

/** Ports of loopback that nobody listens on. All are held open until all are known, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { server: Server; port: number }[] = [];
  while (held.length < count) {
    const port = randomInt(LOWEST, HIGHEST);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      held.push({ server, port });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  for (const { server } of held) await once(server.close(), 'close');
  return held.map(({ port }) => port);
}
