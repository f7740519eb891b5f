export * from './projection.ts';
export { supersedes, compareRank, type Rank } from '@throughline/identity';
export { ProjectionRunner, LIMITS, type RunnerOptions } from './runner.ts';
export { StaleOwner } from './positions.ts';
export { VersionNotLive, type Build, type BuildState } from './builds.ts';
export {
  ParkedRefusal,
  type ParkedEvent,
  type ParkedEvents,
  type ParkedPage,
  type ParkedState,
} from './parked.ts';
export type { Limits } from './inbox.ts';
export type { PartitionAccount } from './accounting.ts';
export type { PartitionLag } from './lag.ts';
export type { Reached } from './waiting.ts';
export type { StableViews } from './stable-views.ts';
