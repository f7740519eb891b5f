import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a broker answered to one batch. */
export interface Produced {
  /** 0 where the broker took it */
  readonly errorCode: number;
  readonly offset: bigint;
}

const PRODUCE = 0;
/** The first in which zstd is taken. */
const VERSION = 7;

/** Sends bytes to one broker as a client would that checks nothing: a hostile one. It speaks without a password. */
export class RawProducer {
  private number = 0;
  private received = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {}

  static async connect(broker: string): Promise<RawProducer> {
    const [host = '', port = ''] = broker.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    return new RawProducer(socket);
  }

  /** Sends one batch, whatever it is. @throws Error when the broker ends the connection */
  async produce(topic: string, partition: number, batch: Buffer): Promise<Produced> {
    this.number += 1;
    const body = Buffer.concat([
      int16(PRODUCE),
      int16(VERSION),
      int32(this.number),
      text('hostile'),
      int16(-1), // no transaction
      int16(-1), // acknowledged by all
      int32(30_000),
      int32(1),
      text(topic),
      int32(1),
      int32(partition),
      int32(batch.length),
      batch,
    ]);
    this.socket.write(Buffer.concat([int32(body.length), body]));
    const answer = await this.answer();
    // number of the request, one topic with its name, one partition with its number
    const at = 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4;
    return { errorCode: answer.readInt16BE(at), offset: answer.readBigInt64BE(at + 2) };
  }

  close(): void {
    this.socket.destroy();
  }

  private async answer(): Promise<Buffer> {
    for (;;) {
      const length = this.received.length < 4 ? Infinity : this.received.readInt32BE(0);
      if (this.received.length >= 4 + length) {
        const answer = this.received.subarray(4, 4 + length);
        this.received = this.received.subarray(4 + length);
        return answer;
      }
      const piece = await Promise.race([
        once(this.socket, 'data').then(([bytes]) => bytes as Buffer),
        once(this.socket, 'close').then(() => null),
      ]);
      if (piece === null) throw new Error('the broker ended the connection');
      this.received = Buffer.concat([this.received, piece]);
    }
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}
