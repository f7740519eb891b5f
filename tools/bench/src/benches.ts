import { appendBench } from './append/index.ts';
import { attributionBench } from './attribution/index.ts';
import type { Bench } from './bench.ts';
import { freshnessBench } from './freshness/index.ts';
import { intakeBench } from './intake/index.ts';
import { overloadBench } from './overload/index.ts';
import { projectionBench } from './projection/index.ts';
import { rebuildBench } from './rebuild/index.ts';
import { relayBench } from './relay/index.ts';
import { startUpBench } from './start-up/index.ts';

/** Every bench, in the order they run. */
export const benches: readonly Bench[] = [
  appendBench,
  relayBench,
  intakeBench,
  projectionBench,
  rebuildBench,
  freshnessBench,
  startUpBench,
  overloadBench,
  attributionBench,
];
