import type { Transaction } from '@throughline/postgres';
import pg from 'pg';
import { copyStatement, type Copied } from './copy.ts';

/** Encoded rows of one table. */
export interface Lines {
  readonly into: Copied;
  readonly lines: readonly string[];
}

/**
 * Adds encoded rows to several tables, in the order given, in one message with one answer: a COPY whose rows follow
 * before the server asked for them. Of small sets the turns to and fro cost more than the rows do. All is in memory
 * at once: for a batch, not for a stream.
 * @throws the server's error for the first that fails, with nothing added to that table and to those after it
 */
export async function copyAll(tx: Transaction, sets: readonly Lines[]): Promise<void> {
  const filled = sets.filter(({ lines }) => lines.length > 0);
  if (filled.length === 0) return;
  const text = filled.map(({ into }) => copyStatement(tx, into)).join('; ');
  const rows = Buffer.concat(filled.flatMap(({ lines }) => [copyData(lines.join('')), COPY_DONE]));
  await new Promise<void>((resolve, reject) => {
    const query = new pg.Query(text, (error) => (error ? reject(error) : resolve()));
    const { submit } = query;
    const eager = {
      submit(connection: pg.Connection) {
        connection.stream.cork();
        submit.call(query, connection);
        connection.stream.write(rows);
        connection.stream.uncork();
      },
      handleCopyInResponse: () => undefined, // the rows are on their way
    };
    tx.client.query(Object.assign(query, eager));
  });
}

/** Messages of the protocol: a letter, and the length with itself. A server that has failed meanwhile passes them over. */
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);

function copyData(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const message = Buffer.allocUnsafe(length + 5);
  message.writeUInt8(0x64, 0);
  message.writeUInt32BE(length + 4, 1);
  message.write(text, 5);
  return message;
}
