/** The bytes do not hold what their lengths promise. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

/** Reads Kafka's types from bytes that anybody may have written: nothing is read past the end, and in linear time. */
export class WireReader {
  offset = 0;

  constructor(readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.offset;
  }

  int8(): number {
    return this.bytes.readInt8(this.advance(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.advance(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.advance(8));
  }

  /** Zigzag, up to 5 bytes. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.advance(1)] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new MalformedBytes('a number takes more than 5 bytes');
  }

  /** Zigzag, up to 10 bytes. */
  varlong(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.advance(1)] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new MalformedBytes('a number takes more than 10 bytes');
  }

  take(length: number): Buffer {
    const from = this.advance(length);
    return this.bytes.subarray(from, this.offset);
  }

  /** null where the length is -1 */
  varBytes(): Buffer | null {
    const length = this.varint();
    return length === -1 ? null : this.take(length);
  }

  text(): string {
    const length = this.int16();
    return length === -1 ? '' : this.take(length).toString();
  }

  /** @throws MalformedBytes for more items than there are bytes */
  list<T>(item: () => T): T[] {
    const count = this.int32();
    if (count > this.left) throw new MalformedBytes(`a list of ${count} items in ${this.left} bytes`);
    return Array.from({ length: Math.max(0, count) }, item);
  }

  private advance(length: number): number {
    const from = this.offset;
    if (length < 0 || from + length > this.bytes.length) {
      throw new MalformedBytes(`${length} bytes at ${from} of ${this.bytes.length}`);
    }
    this.offset = from + length;
    return from;
  }
}
