import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deliver, type Client } from '@throughline/client';
import { sampleCompany } from '@throughline/sample';

/**
 * Tells the sample company once, through the services' own doors. A telling that was cut short is told again
 * whole: every id comes with the sample, so nothing is doubled.
 */
export async function tellSample(
  client: Client,
  directory: string,
  say: (line: string) => void,
): Promise<void> {
  const told = join(directory, 'sample-told');
  if (existsSync(told)) return;
  const sends = sampleCompany();
  const refusals: string[] = [];
  const { taken } = await deliver(sends, client, {
    batchSize: 200,
    onProgress: (done, total) => say(`  sample company: ${done} of ${total} told`),
    onRefused: (_, reason) => refusals.push(reason),
  });
  if (refusals.length > 0) throw new Error(`The sample company was not taken whole: ${refusals[0]}`);
  writeFileSync(told, `${taken}\n`);
}
