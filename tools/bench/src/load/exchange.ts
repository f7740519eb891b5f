import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
}

export interface Answer {
  /** the status, 'timeout', or the code of what went wrong on the way, such as 'ECONNRESET' */
  readonly status: number | string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request and its whole answer; never rejects. A request that waits for a connection is timed out as well. */
export function exchange(agent: Agent, base: URL, request: Request, timeoutMs: number): Promise<Answer> {
  const { method, path, headers, body } = request;
  return new Promise((resolve) => {
    const failed = (status: string) => {
      clearTimeout(timer);
      resolve({ status, headers: {}, body: '' });
    };
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest(
      { agent, host: base.hostname, port: base.port, method, path, headers: { ...headers, ...length } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', (error: NodeJS.ErrnoException) => failed(error.code ?? error.name));
        answer.on('end', () => {
          clearTimeout(timer);
          const { statusCode = 0, headers: heads } = answer;
          resolve({ status: statusCode, headers: heads, body: Buffer.concat(parts).toString() });
        });
      },
    );
    const timer = setTimeout(() => {
      failed('timeout');
      sent.destroy();
    }, timeoutMs);
    sent.on('error', (error: NodeJS.ErrnoException) => failed(error.code ?? error.name));
    sent.end(body ?? undefined);
  });
}

export function isOk(status: number | string): boolean {
  return typeof status === 'number' && status >= 200 && status < 300;
}
