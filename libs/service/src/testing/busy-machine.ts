import type { Ceiling } from '../admission.ts';

/** For tests of anything but overload: on a machine that is busy with other work, nobody is turned away for waiting. */
export const BUSY_MACHINE: Partial<Ceiling> = { waitMs: 60_000 };
