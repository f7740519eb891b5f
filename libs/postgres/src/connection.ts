import pg from 'pg';

export interface ConnectionOptions {
  readonly url: string;
  /** shown as application_name in pg_stat_activity */
  readonly name: string;
  /** longest a statement may run, in milliseconds; 0 is without limit, 60,000 unless told */
  readonly statementTimeoutMs?: number;
  /** longest to wait for a connection, in milliseconds; 10,000 unless told */
  readonly connectTimeoutMs?: number;
}

/** Frozen owners hold row locks; these two bounds let a new owner past them (I5). */
const IDLE_IN_TRANSACTION_MS = 10_000;
const LOCK_WAIT_MS = 15_000;
const CONNECT_MS = 10_000;

/**
 * What every connection has in common, pooled or dedicated.
 * What the URL itself sets wins.
 */
export function connectionConfig(options: ConnectionOptions) {
  return {
    connectionString: options.url,
    application_name: options.name,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    lock_timeout: LOCK_WAIT_MS,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    options: '-c TimeZone=UTC -c DateStyle=ISO,YMD',
    keepAlive: true,
    types: { getTypeParser },
  };
}

/** A client that is lost while nobody awaits it raises 'error'; unheard, that would end the process. */
export class GuardedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

type Parse = (text: string) => unknown;

/** PostgreSQL's 2026-11-21 09:30:00.25+00 as 2026-11-21T09:30:00.250Z; infinity and years beyond 9999 stay text. */
export function isoTimestamp(text: string): string {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text);
  if (!parts) return text;
  return `${parts[1]}T${parts[2]}.${(parts[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`;
}

const TEXT_ARRAY = 1009 as typeof pg.types.builtins.TEXT;
const asIs: Parse = (text) => text;
const arrayOf =
  (parse: Parse): Parse =>
  (text) =>
    eachElement(pg.types.getTypeParser(TEXT_ARRAY)(text), parse);

function eachElement(value: unknown, parse: Parse): unknown {
  if (Array.isArray(value)) return value.map((it: unknown) => eachElement(it, parse));
  return typeof value === 'string' ? parse(value) : value;
}

const parsers = new Map<number, Parse>([
  [1082, asIs], // date
  [1114, asIs], // timestamp without time zone: nobody may guess a zone
  [1184, isoTimestamp], // timestamptz
  [1182, arrayOf(asIs)],
  [1115, arrayOf(asIs)],
  [1185, arrayOf(isoTimestamp)],
]);

/** pg's parsers, except that times and dates stay strings; int8 and numeric are strings by pg's own default. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): Parse {
  const own = format === 'binary' ? undefined : parsers.get(oid);
  return own ?? (pg.types.getTypeParser(oid, format as 'text') as Parse);
}
