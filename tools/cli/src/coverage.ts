import { printable, say, table } from './output.ts';

/** What became of the records of one partition, as a verification answers it; offsets are texts. */
export interface Covered {
  readonly topic: string;
  readonly partition: number;
  readonly low: string;
  readonly high: string;
  readonly accepted: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly parked: number;
  readonly unreadable: number;
  readonly unreadableDiscarded: number;
  readonly transaction: number;
  readonly behind: string;
  readonly held: string;
  readonly halted: string | null;
  readonly balanced: boolean;
  readonly complete: boolean;
}

/** Says what became of every record between the marks of the log, and names each partition that was not read whole. */
export function printCoverage(coverage: readonly Covered[]): void {
  const sum = (of: (each: Covered) => number | string) =>
    coverage.reduce((total, each) => total + BigInt(of(each)), 0n).toString();
  const named = [
    ['applied', sum(({ applied }) => applied)],
    ['duplicates', sum(({ duplicates }) => duplicates)],
    ['parked', sum(({ parked }) => parked)],
    ['unreadable', sum(({ unreadable }) => unreadable)],
    ['not read', sum(({ behind }) => behind)],
    ['held back by an open transaction', sum(({ held }) => held)],
  ] as const;
  const marks = coverage.reduce(
    (total, { low, high, transaction }) => total + BigInt(high) - BigInt(low) - BigInt(transaction),
    0n,
  );
  const parts = named.filter(([name, records]) => records !== '0' || name === 'applied');
  say(`The log has ${marks} records: ${parts.map(([name, records]) => `${records} ${name}`).join(', ')}.`);
  const left = coverage.filter(({ complete }) => !complete);
  if (left.length === 0) return;
  say('', 'Not read whole, or not accounted for:');
  table(
    ['partition', 'from', 'to', 'not read', 'unreadable', 'held', 'why'],
    left.map((each) => [
      `${each.topic}/${each.partition}`,
      ...[each.low, each.high, each.behind, each.unreadable - each.unreadableDiscarded, each.held],
      printable(reasonOf(each)),
    ]),
  );
}

function reasonOf({ halted, low, balanced, unreadable, unreadableDiscarded, held }: Covered): string {
  if (halted !== null) return halted;
  if (low !== '0') return `records before ${low} were deleted`;
  if (!balanced) return 'the rows do not add up to the records read';
  if (unreadable > unreadableDiscarded) return 'batches that cannot be decoded; see `throughline status`';
  if (held !== '0') return 'a transaction is still open';
  return 'its reader has not come so far; see `throughline status`';
}
