import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a broker answered to one batch. */
export interface Produced {
  /** 0 where the broker took it */
  readonly errorCode: number;
  readonly offset: bigint;
}

/** How it shows who it is, where the broker asks for that (SASL/PLAIN). */
export interface RawAccount {
  readonly username: string;
  readonly password: string;
}

interface Api {
  readonly key: number;
  readonly version: number;
}

/** Version 7 is the first in which zstd is taken. */
const PRODUCE: Api = { key: 0, version: 7 };
const HANDSHAKE: Api = { key: 17, version: 1 };
const AUTHENTICATE: Api = { key: 36, version: 0 };

/** Sends bytes to one broker as a client would that checks nothing: a hostile one. */
export class RawProducer {
  private number = 0;
  private received = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {
    socket.setMaxListeners(0);
  }

  static async connect(broker: string, account?: RawAccount): Promise<RawProducer> {
    const [host = '', port = ''] = broker.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    const producer = new RawProducer(socket);
    if (account) await producer.logIn(account);
    return producer;
  }

  /** Sends one batch, whatever it is. @throws Error when the broker ends the connection */
  async produce(topic: string, partition: number, batch: Buffer): Promise<Produced> {
    const answer = await this.ask(PRODUCE, [
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
    // one topic with its name, one partition with its number
    const at = 4 + 2 + Buffer.byteLength(topic) + 4 + 4;
    return { errorCode: answer.readInt16BE(at), offset: answer.readBigInt64BE(at + 2) };
  }

  private async logIn({ username, password }: RawAccount): Promise<void> {
    await this.ask(HANDSHAKE, [text('PLAIN')]);
    const said = Buffer.from(`\0${username}\0${password}`);
    const answer = await this.ask(AUTHENTICATE, [int32(said.length), said]);
    if (answer.readInt16BE(0) !== 0) throw new Error('the broker does not know this account');
  }

  /** @returns what the broker answered, behind the number of the request */
  private async ask({ key, version }: Api, body: readonly Buffer[]): Promise<Buffer> {
    this.number += 1;
    const request = Buffer.concat([int16(key), int16(version), int32(this.number), text('hostile'), ...body]);
    this.socket.write(Buffer.concat([int32(request.length), request]));
    return (await this.answer()).subarray(4);
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
