import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** names in lower case; of a repeated one the last */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface RawOptions {
  /** milliseconds within which the answer must be there, or the connection closed; 10,000 unless told */
  readonly limitMs?: number;
  /** what follows the bytes: nothing, the end of the sending side, or the end of the connection */
  readonly then?: 'wait' | 'end' | 'hang-up';
  /** milliseconds between two parts, 0 unless told */
  readonly pauseMs?: number;
  /** ends the connection */
  readonly signal?: AbortSignal;
}

/** Neither an answer nor the end of the connection came in time. */
export class Hanging extends Error {
  override readonly name = 'Hanging';
}

/**
 * Sends bytes as they stand over a connection of its own: what no HTTP library would send.
 * @returns the first answer that is final; null where the connection ended without one
 * @throws Hanging
 */
export async function exchange(
  url: string,
  parts: readonly (Buffer | string)[],
  { limitMs = 10_000, then = 'wait', pauseMs = 0, signal }: RawOptions = {},
): Promise<RawAnswer | null> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    ...(signal ? { signal } : {}),
  });
  const answered = Promise.withResolvers<RawAnswer | null>();
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const answer = read(received, false);
    if (answer !== null) answered.resolve(answer);
  });
  socket.on('error', () => undefined); // it closes next
  socket.on('close', () => answered.resolve(read(received, true)));
  const timer = setTimeout(() => answered.reject(new Hanging(`no answer within ${limitMs} ms`)), limitMs);
  try {
    for (const part of parts) {
      socket.write(part);
      if (pauseMs > 0) await Promise.race([pause(pauseMs), answered.promise]);
    }
    if (then === 'end') socket.end();
    if (then === 'hang-up') socket.end(() => socket.destroy());
    return await answered.promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Null while it is not whole; a body without a length lasts until the connection ends. */
function read(bytes: Buffer, ended: boolean): RawAnswer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
  const rest = bytes.subarray(end + 4);
  if (status >= 100 && status < 200) return read(rest, ended);
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const body = bodyOf(rest, headers, ended);
  return body === null ? null : { status, headers, body };
}

function bodyOf(rest: Buffer, headers: Record<string, string>, ended: boolean): Buffer | null {
  const length = headers['content-length'];
  if (length !== undefined)
    return rest.length >= Number(length) || ended ? rest.subarray(0, Number(length)) : null;
  if (headers['transfer-encoding'] !== 'chunked') return ended ? rest : null;
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(rest.subarray(at, line).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
