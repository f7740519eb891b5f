import type { Bug } from './bug.ts';

/** In what decides, relays and spills. */
export const bugsOfSending: readonly Bug[] = [
  {
    name: 'append-without-version',
    what: 'appends whatever version the stream has',
    file: 'libs/event-store/migrations/0001-event-store.sql',
    find: 'coalesce(held.version, 0) <> wanted.expected;',
    replace: 'false;',
    caughtBy: 'simulator',
  },
  {
    name: 'outbox-row-missing',
    what: 'stores the events of a command and publishes the first of them only',
    file: 'libs/event-store/migrations/0001-event-store.sql',
    find: 'from given order by n',
    replace: 'from given where n = 0 order by n',
    caughtBy: 'simulator',
  },
  {
    name: 'event-id-drawn',
    what: 'draws the id of an event in place of deriving it from its command',
    file: 'libs/event-store/src/stored-event.ts',
    find: 'const id = eventId(cause.source, sourceId);',
    replace: 'const id = crypto.randomUUID();',
    caughtBy: 'simulator',
  },
  {
    name: 'milliseconds-dropped',
    what: 'stores times to the second',
    file: 'libs/event-store/src/stored-event.ts',
    find: 'occurred_at: event.occurredAt,',
    replace: "occurred_at: event.occurredAt?.replace(/\\.\\d+/, '') ?? null,",
    caughtBy: 'simulator',
  },
  {
    name: 'relay-deletes-first',
    what: 'takes rows out of the outbox before they are sent',
    file: 'libs/relay/src/relay.ts',
    find: 'const placements = await this.#log.send(topic, records);',
    replace:
      "await this.#database.query('delete from outbox where id = any ($1::bigint[])', [pending.map(({ id }) => id)]);" +
      ' const placements = await this.#log.send(topic, records);',
    caughtBy: 'simulator',
  },
  {
    name: 'relay-takes-failure-for-success',
    what: 'takes rows out of the outbox although the send failed',
    file: 'libs/relay/src/relay.ts',
    find: 'const placements = await this.#log.send(topic, records);',
    replace:
      'const placements = await this.#log.send(topic, records)' +
      '.catch(() => records.map((_, n) => ({ topic, partition: 0, offset: BigInt(n) })));',
    caughtBy: 'simulator',
  },
  {
    name: 'relay-up-to',
    what: 'takes out all rows up to the last that was sent, those that committed late among them',
    file: 'libs/relay/src/settle.sql',
    find: 'where o.id = s.id',
    replace: 'where o.id <= s.id',
    caughtBy: 'simulator',
  },
  {
    name: 'relay-reorders',
    what: 'sends a batch from its last row to its first',
    file: 'libs/relay/src/pending.sql',
    find: 'where bytes_before < $4::bigint\norder by id',
    replace: 'where bytes_before < $4::bigint\norder by id desc',
    caughtBy: 'simulator',
  },
  {
    name: 'relay-doubles',
    what: 'sends every batch twice',
    file: 'libs/relay/src/relay.ts',
    find: 'const placements = await this.#log.send(topic, records);',
    replace: 'await this.#log.send(topic, records); const placements = await this.#log.send(topic, records);',
    caughtBy: 'simulator',
  },
  {
    name: 'relay-without-lock',
    what: 'moves a shard that another relay owns',
    file: 'libs/relay/src/shard-locks.ts',
    find: 'pg_try_advisory_lock($1::integer, shard)',
    replace: '($1::integer > 0)',
    caughtBy: 'simulator',
  },
  {
    name: 'spill-answers-before-the-send',
    what: 'answers 202 before the log has said anything',
    file: 'libs/relay/src/spill.ts',
    find: 'const placements = await this.#inTime(topic, sending);',
    replace:
      'sending.catch(() => undefined); const placements = sent.map(() => ({ topic, partition: 0, offset: 0n }));',
    caughtBy: 'simulator',
  },
  {
    name: 'spill-drops-the-first',
    what: 'loses the first event of what it spills',
    file: 'libs/relay/src/spill.ts',
    find: 'const records = sent.map(({ event, record })',
    replace: 'const records = sent.slice(sent.length > 1 ? 1 : 0).map(({ event, record })',
    caughtBy: 'simulator',
  },
  {
    name: 'spill-forgets-the-outbox',
    what: 'takes events as spilled that were never put into the outbox',
    file: 'libs/relay/src/spill.ts',
    find: 'const last = await addToOutbox(this.#database, records, this.#cap);',
    replace: "const last = records.length > 0 ? '0' : await addToOutbox(this.#database, records, this.#cap);",
    caughtBy: 'simulator',
  },
  {
    name: 'lost-commit-is-success',
    what: 'takes a COMMIT whose answer was lost for one that happened',
    file: 'libs/postgres/src/transaction.ts',
    find: 'throw isInfrastructure(error) ? new CommitUnknown(error) : error;',
    replace: 'return void isInfrastructure(error);',
    caughtBy: 'simulator',
  },
];
