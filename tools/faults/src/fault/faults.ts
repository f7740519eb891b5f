import { attributionFaults } from './attribution.ts';
import { brokerFaults } from './brokers.ts';
import { databaseFaults } from './databases.ts';
import { diskFull } from './disk-full.ts';
import type { Fault, Loss } from './fault.ts';
import { losses } from './losses.ts';
import { processFaults } from './processes.ts';
import { recordFaults } from './records.ts';
import { serviceFaults } from './services.ts';
import { transactionFaults } from './transactions.ts';

/** Those that come and heal under load, by their number in the matrix. */
export const passing: readonly Fault[] = [
  processFaults,
  brokerFaults,
  databaseFaults,
  transactionFaults,
  recordFaults,
  serviceFaults,
  [diskFull],
  attributionFaults,
]
  .flat()
  .sort(byNumber);

/** Every fault that a run can bring about, by its number in the matrix. */
export const faults: readonly (Fault | Loss)[] = [...passing, ...losses].sort(byNumber);

function byNumber(a: { readonly number: number }, b: { readonly number: number }): number {
  return a.number - b.number;
}
