/** The outcome of a COMMIT whose answer was lost: it may or may not have happened. */
export class CommitUnknown extends Error {
  readonly retriable = true;

  constructor(cause: unknown) {
    super(
      'The connection was lost during COMMIT, so its outcome is not known; the same again under the same key is safe, ' +
        'anything else has to read the database first',
      { cause },
    );
    this.name = 'CommitUnknown';
  }
}

/** The database answered COMMIT with ROLLBACK: a statement had failed and its error had been swallowed. */
export class CommitRefused extends Error {
  constructor(cause: unknown) {
    super('The transaction was rolled back at COMMIT because one of its statements had failed', { cause });
    this.name = 'CommitRefused';
  }
}

/** SQLSTATE classes and codes that speak of the server or of contention, never of the data sent. */
const STATES =
  /^(08...|25006|25P03|25P04|28...|3D000|40001|40P01|53...|55P03|57014|57P0.|58...|XX001|XX002)$/;

/** System call and resolver errors of the connection below SQL. */
const CALLS =
  /^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EMFILE|ENFILE)$/;

/** pg and TypeORM raise these without a code. */
const MESSAGES = [
  /^Connection terminated/,
  /^Client (was closed|has encountered a connection error)/,
  /^timeout e(xceeded|xpired)/,
  /^Query read timeout/,
  /^Cannot use a pool after calling end/,
  /^Driver not Connected/,
  /^Connection with .* database is not established/,
  /^The server does not support SSL/,
];

/**
 * Whether an error speaks of the infrastructure (connection, server, contention, resources), so that the same work
 * may succeed when tried again: block with back-off, never park. Everything else that SQL answers is deterministic.
 * Looks through `cause`, TypeORM's `driverError` and aggregated errors; `retriable: true` is taken at its word.
 */
export function isInfrastructure(error: unknown): boolean {
  return speaksOfInfrastructure(error, 0);
}

function speaksOfInfrastructure(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || depth > 8) return false;
  const { code, message, retriable, cause, driverError, errors } = error as Readonly<Record<string, unknown>>;
  if (retriable === true) return true;
  if (typeof code === 'string' && (STATES.test(code) || CALLS.test(code))) return true;
  if (typeof code !== 'string' && typeof message === 'string' && MESSAGES.some((it) => it.test(message))) {
    return true;
  }
  const below = [cause, driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return below.some((it) => speaksOfInfrastructure(it, depth + 1));
}
