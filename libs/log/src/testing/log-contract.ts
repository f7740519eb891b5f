import { delivering } from './delivering.ts';
import { halting } from './halting.ts';
import type { Log } from '../log.ts';
import type { LogKit } from './log-kit.ts';
import { sending } from './sending.ts';
import { transacting } from './transacting.ts';

/** One promise of the port, as a test that fails by rejecting. */
export interface ContractCase {
  readonly name: string;
  /** the logs that it can be broken on; all unless told */
  readonly kinds?: readonly Log['kind'][];
  run(kit: LogKit): Promise<void>;
}

/** What every log promises. Proven able to fail by `log-mutants.spec.ts` and `log-mutants.int.spec.ts`. */
export function logContract(kind: Log['kind']): ContractCase[] {
  return [...sending, ...delivering, ...halting, ...transacting].filter(
    ({ kinds }) => kinds?.includes(kind) ?? true,
  );
}
