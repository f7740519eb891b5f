import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '@throughline/sample';

/**
 * Copies the CSV files of a folder with seeded damage: about one row in twenty dropped, one in thirty doubled,
 * all rows shuffled, and the channel `social` renamed. No row holds a line break, so lines are rows.
 */
export function mutate(from: string, to: string, seed: number): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith('.csv'))) {
    const random = new SeededRandom(seed + name.length);
    const [header = '', ...rows] = readFileSync(join(from, name), 'utf8').trimEnd().split('\n');
    const kept = rows.filter(() => random.next() > 0.05);
    const doubled = kept.filter(() => random.next() < 0.03);
    const renamed = shuffled([...kept, ...doubled], random).map((row) =>
      row.replace(/,social$/, ',social_media'),
    );
    writeFileSync(join(to, name), [header, ...renamed].join('\n') + '\n');
  }
}

function shuffled<T>(items: T[], random: SeededRandom): T[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = random.between(0, at);
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
  return items;
}
