import type { IncomingMessage } from 'node:http';
import { isJsonType } from '@throughline/contracts';
import { ProblemError } from './problem.ts';

/** Codes of requests that another web site may have caused: nothing of them is read, and they count nowhere. */
export const FOREIGN_CODES: ReadonlySet<string> = new Set(['foreign-host', 'foreign-origin']);

export interface RequestGuardOptions {
  /** names under which this process is reached besides the loopback names, each with its port: `host:port` */
  readonly allowedHosts?: readonly string[];
  /** paths that a link on another site may open as a page of its own */
  readonly pages?: ReadonlySet<string>;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Decides by the head of a request whether it may go on, before anything of it is read. It is the only place for these
 * checks, for every route of every process:
 * - the Host header is one of this process's own names with its own port, so that a name of somebody else's that
 *   resolves to this machine (DNS rebinding) reads nothing: 421;
 * - a page of another origin, on this machine or elsewhere, calls nothing: 403. A link may still open a page;
 * - a request that may change something has a JSON or CloudEvents type: 415.
 */
export class RequestGuard {
  readonly #allowed: ReadonlySet<string>;
  readonly #pages: ReadonlySet<string>;

  constructor({ allowedHosts = [], pages = new Set() }: RequestGuardOptions = {}) {
    this.#allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
    this.#pages = pages;
  }

  /** @returns why a request to this host, from that page, is refused (400, 421, 403); undefined where it is not */
  refusal(request: IncomingMessage): ProblemError | undefined {
    const host = hostOf(request);
    if (host === undefined) return oneHost();
    if (!this.#isOwn(host, request.socket.localPort)) return foreignHost(request.socket.localPort);
    return this.#isForeign(request, host) ? foreignOrigin() : undefined;
  }

  /**
   * No JSON type, those of CloudEvents among them, is one that a browser sends to another site without asking first, so a
   * form or a `no-cors` request never reaches a handler.
   * @returns why a request that may change something is refused for its type (415); undefined where it is not
   */
  typeRefusal({ method = '', headers }: IncomingMessage): ProblemError | undefined {
    return READING.has(method) || isJsonType(headers['content-type'] ?? '') ? undefined : wrongType();
  }

  #isOwn(host: string, port: number | undefined): boolean {
    if (this.#allowed.has(host)) return true;
    const names = port === 80 ? [...LOOPBACK_NAMES] : [];
    return [...names, ...LOOPBACK_NAMES.map((name) => `${name}:${port}`)].includes(host);
  }

  /** Of two signs, either is enough: a browser sends Origin with what it may change, Sec-Fetch-Site with everything. */
  #isForeign({ method, url = '', headers }: IncomingMessage, host: string): boolean {
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    if (origin !== undefined && !isSameOrigin(origin, host)) return true;
    if (site === undefined || site === 'same-origin' || site === 'none') return false;
    const isNavigation =
      method === 'GET' &&
      headers['sec-fetch-mode'] === 'navigate' &&
      headers['sec-fetch-dest'] === 'document';
    return !(isNavigation && this.#pages.has(url.split('?', 1)[0] ?? ''));
  }
}

/** The host that the request names, once: undefined without one, with several, or where the target names another. */
function hostOf({ rawHeaders, headers, url = '' }: IncomingMessage): string | undefined {
  const sent = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  const host = headers.host?.trim().toLowerCase();
  if (sent !== 1 || host === undefined || host === '') return undefined;
  if (url.startsWith('/') || url === '*') return host;
  return URL.canParse(url) && new URL(url).host === host ? host : undefined;
}

function isSameOrigin(origin: string, host: string): boolean {
  const given = origin.toLowerCase();
  return given === `http://${host}` || given === `https://${host}`;
}

function oneHost(): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'host-missing',
    detail: 'The request does not say once, and only once, which host it is meant for.',
    field: 'host',
    remedy: 'Send one Host header with the address that you connect to; HTTP libraries do.',
  });
}

function foreignHost(port: number | undefined): ProblemError {
  return new ProblemError({
    status: 421,
    code: 'foreign-host',
    detail: 'The Host header is not an address of this service.',
    field: 'host',
    remedy:
      `Call it as 127.0.0.1:${port} or localhost:${port}. ` +
      'For a tunnel or a proxy, start the service with ALLOWED_HOSTS set to the address that callers use.',
  });
}

function foreignOrigin(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'foreign-origin',
    detail: 'The request comes from a web page of another origin. Nothing of it was read.',
    field: 'origin',
    remedy: 'Call the service from its own pages, or from a program that is not a browser.',
  });
}

function wrongType(): ProblemError {
  return new ProblemError({
    status: 415,
    code: 'unsupported-media-type',
    detail: 'A POST needs a JSON or CloudEvents content type. Nothing of the request was read.',
    field: 'content-type',
    remedy:
      'Send Content-Type: application/json, application/cloudevents+json or application/cloudevents-batch+json, ' +
      'in binary mode a JSON type of the data.',
  });
}
