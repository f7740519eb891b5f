import { brokerFaults } from './brokers.ts';
import { databaseFaults } from './databases.ts';
import { diskFull } from './disk-full.ts';
import type { Fault } from './fault.ts';
import { processFaults } from './processes.ts';
import { recordFaults } from './records.ts';
import { serviceFaults } from './services.ts';
import { transactionFaults } from './transactions.ts';

/** Every fault that a run can bring about, by its number in the matrix. */
export const faults: readonly Fault[] = [
  ...[
    processFaults,
    brokerFaults,
    databaseFaults,
    transactionFaults,
    recordFaults,
    serviceFaults,
    [diskFull],
  ].flat(),
].sort((a, b) => a.number - b.number);
