import { finished } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { TOPICS } from '@throughline/contracts';
import { partitionOf, postgresLog } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { from as copyFrom } from 'pg-copy-streams';
import type { HistoryRecord } from './history.ts';

const CHUNK = 2_000;

/**
 * Puts records into a PostgreSQL log by COPY, as `send` would have placed them: sending millions would take longer than
 * what is measured. @param partitions of each topic
 */
export async function loadLog(
  url: string,
  records: Iterable<HistoryRecord>,
  partitions: number,
): Promise<void> {
  const log = postgresLog({ url });
  await log.createTopics(TOPICS.map((name) => ({ name, partitions })));
  await log.close();
  const database = await Database.open({ url, name: 'bench load', statementTimeoutMs: 0 });
  try {
    const next = new Map<string, number>();
    await database.transaction(async (tx) => {
      const copy = tx.client.query(copyFrom('copy log_record from stdin'));
      Readable.from(chunksOf(records, partitions, next)).pipe(copy);
      await finished(copy);
      for (const [place, end] of next) {
        const [topic, partition] = place.split('/');
        const set = 'update log_partition set next = $3 where topic = $1 and partition = $2';
        await tx.query(set, [topic, Number(partition), end]);
      }
    });
    await database.query('vacuum (analyze) log_record');
  } finally {
    await database.close();
  }
}

function* chunksOf(records: Iterable<HistoryRecord>, partitions: number, next: Map<string, number>) {
  let lines: string[] = [];
  for (const { topic, key, value, headers, timestamp } of records) {
    const partition = partitionOf(key, partitions);
    const place = `${topic}/${partition}`;
    const offset = next.get(place) ?? 0;
    next.set(place, offset + 1);
    const texts = [
      topic,
      partition,
      offset,
      key,
      `\\x${value.toString('hex')}`,
      JSON.stringify(headers),
      timestamp,
    ];
    lines.push(texts.map((text) => String(text).replaceAll('\\', '\\\\')).join('\t'));
    if (lines.length < CHUNK) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}
