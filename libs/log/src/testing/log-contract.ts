import { delivering } from './delivering.ts';
import { halting } from './halting.ts';
import type { LogKit } from './log-kit.ts';
import { sending } from './sending.ts';

/** One promise of the port, as a test that fails by rejecting. */
export interface ContractCase {
  readonly name: string;
  /** false where this log has nothing that could break it */
  applies?(kit: LogKit): boolean;
  run(kit: LogKit): Promise<void>;
}

/** What every log promises. Proven able to fail by `log-mutants.spec.ts` and `log-mutants.int.spec.ts`. */
export const logContract: readonly ContractCase[] = [...sending, ...delivering, ...halting];
