import { createRequire } from 'node:module';

interface Connection {
  isConnected(): boolean;
  connect(): Promise<boolean>;
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
 * kafkajs 2.2.4 keeps what it has of a reply when the connection ends in the middle of it, and reads the replies of the
 * next connection as its rest: nonsense, or a RangeError in a socket's listener, which ends the process
 * (tulios/kafkajs #715). A new connection begins with nothing.
 */
export function forgetCutReply(): void {
  if (patched) return;
  patched = true;
  const connection = createRequire(import.meta.url)('kafkajs/src/network/connection') as ConnectionClass;
  const connect = connection.prototype.connect;
  connection.prototype.connect = function () {
    if (!this.isConnected()) Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
    return connect.call(this);
  };
}
