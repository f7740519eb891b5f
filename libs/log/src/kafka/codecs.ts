import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import lz4 from 'lz4-napi';
import snappy from 'snappy';

/**
 * What a batch may have once it is decompressed: eight times what clients put into one by default. Whoever sends a
 * gigabyte of zeros in one batch costs a reader this much memory and a hundredth of a second of another thread.
 */
export const MOST_DECOMPRESSED = 8 * 1024 * 1024;

/** More than `MOST_DECOMPRESSED` would come out. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  constructor() {
    super(`it has more than ${MOST_DECOMPRESSED} bytes when it is decompressed`);
  }
}

/** By the number that a batch's attributes give; 0 is none. All of them work outside of the thread of the events. */
export const codecs: Readonly<Record<number, (bytes: Buffer) => Promise<Buffer>>> = {
  1: zlibCodec(promisify(gunzip)),
  2: unsnappy,
  3: unlz4,
  4: zlibCodec(promisify(zstdDecompress)),
};

function zlibCodec(inflate: (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>) {
  return async (bytes: Buffer): Promise<Buffer> => {
    try {
      return await inflate(bytes, { maxOutputLength: MOST_DECOMPRESSED });
    } catch (error) {
      throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? new TooLarge() : error;
    }
  };
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEAD = 16;

/** Java clients put blocks, each after its length, behind the header of snappy-java; others send one bare block. */
async function unsnappy(bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unsnappyAll([bytes]);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEAD; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    at += 4;
    if (length === 0 || at + length > bytes.length) throw new RangeError('a snappy block ends too early');
    blocks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return unsnappyAll(blocks);
}

async function unsnappyAll(blocks: readonly Buffer[]): Promise<Buffer> {
  const total = blocks.reduce((sum, block) => sum + snappyLength(block), 0);
  if (total > MOST_DECOMPRESSED) throw new TooLarge();
  const parts: Buffer[] = [];
  for (const block of blocks) parts.push((await snappy.uncompress(block, { asBuffer: true })) as Buffer);
  return Buffer.concat(parts);
}

/** A block begins with the length of its content. */
function snappyLength(block: Buffer): number {
  let length = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = block[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return length;
  }
  throw new RangeError('a snappy block has no length');
}

const LZ4_MAGIC = 0x184d2204;
/** An LZ4 block grows at most so much when it is decompressed. */
const LZ4_RATIO = 255;

async function unlz4(bytes: Buffer): Promise<Buffer> {
  if (lz4Bound(bytes) > MOST_DECOMPRESSED) throw new TooLarge();
  return lz4.decompressFrame(bytes);
}

/** What an LZ4 frame may have at most when it is decompressed, from the lengths of its blocks (LZ4 frame format 1.6.4). */
function lz4Bound(bytes: Buffer): number {
  if (bytes.readUInt32LE(0) !== LZ4_MAGIC) throw new RangeError('this is no LZ4 frame');
  const flags = bytes.readUInt8(4);
  const blockMax = 2 ** (8 + 2 * ((bytes.readUInt8(5) >> 4) & 7));
  const checksum = flags & 0x10 ? 4 : 0;
  let bound = 0;
  for (let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0); at + 4 <= bytes.length;) {
    const word = bytes.readUInt32LE(at);
    if (word === 0) return bound;
    const length = word & 0x7fffffff;
    bound += word >>> 31 ? length : Math.min(blockMax, length * LZ4_RATIO);
    at += 4 + length + checksum;
  }
  throw new RangeError('an LZ4 frame ends too early');
}
