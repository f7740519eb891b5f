import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';

const order = ['append', 'relay', 'intake', 'projection', 'rebuild', 'freshness', 'start-up', 'overload'];

/** Every bench, in the order they run. */
export async function loadBenches(): Promise<Bench[]> {
  const benches: Bench[] = [];
  for (const name of order) {
    const file = join(import.meta.dirname, name, 'index.ts');
    if (!existsSync(file)) continue;
    const loaded = (await import(file)) as Record<string, Bench>;
    for (const [key, bench] of Object.entries(loaded)) if (key.endsWith('Bench')) benches.push(bench);
  }
  return benches;
}
