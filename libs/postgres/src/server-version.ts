import type { Queryable } from './transaction.ts';

/** The digests of projections cast bytea to bigint, which came with PostgreSQL 18. */
const LEAST = 18;

/** The server is older than what this program runs on; trying again changes nothing. */
export class ServerTooOld extends Error {
  constructor(version: number) {
    super(
      `The server is PostgreSQL ${version}, and this program needs ${LEAST} or newer: upgrade the server (pg_upgrade ` +
        'keeps its data) or point the database URL at a newer one',
    );
    this.name = 'ServerTooOld';
  }
}

/** @throws ServerTooOld */
export async function checkServer(queryable: Queryable): Promise<void> {
  const { rows } = await queryable.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (version < LEAST) throw new ServerTooOld(version);
}
