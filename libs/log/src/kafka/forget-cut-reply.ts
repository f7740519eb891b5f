import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

interface Connection {
  readonly socket?: Socket;
  isConnected(): boolean;
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  processData(data: Buffer): void;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
}

interface ConnectionClass {
  readonly prototype: Connection;
}

/** The length that stands before a reply. */
const LENGTH_BYTES = 4;

let patched = false;

/**
 * kafkajs 2.2.4 keeps what it has of a reply when the connection ends in the middle of it, and goes on listening to the
 * socket that it gave up: both are read as if the next connection had sent them. That is nonsense, or a RangeError in a
 * socket's listener, which ends the process (tulios/kafkajs #715). And when that socket ends, the next connection is
 * ended with it. Here a new connection begins with nothing and hears its own socket only, and what cannot be read ends
 * the connection, as any other error of it does.
 */
export function forgetCutReply(): void {
  if (patched) return;
  patched = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection') as ConnectionClass;
  const { connect, disconnect, processData } = prototype;
  prototype.connect = function () {
    if (!this.isConnected()) {
      this.socket?.removeAllListeners('data');
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
    }
    return connect.call(this);
  };
  prototype.disconnect = async function () {
    const { socket } = this;
    const done = await disconnect.call(this);
    if (socket && this.socket === socket) giveUp(socket); // another one would not have been ended
    return done;
  };
  prototype.processData = function (data) {
    try {
      processData.call(this, data);
    } catch (error) {
      this.socket?.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

/** Whatever it still has to say concerns nobody. */
function giveUp(socket: Socket): void {
  for (const event of ['data', 'end', 'timeout', 'error']) socket.removeAllListeners(event);
  socket.on('error', () => undefined);
}
