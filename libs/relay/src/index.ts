export { Relay } from './relay.ts';
export type { RelayOptions } from './relay-options.ts';
export type { RelayStatus } from './relay.ts';
export type { GroupLimits } from './groups.ts';
export { DoorFull, OutboxFull } from './spill.error.ts';
export { Spill } from './spill.ts';
export type { Receipt, SpillOptions } from './spill.ts';
