export * from './projection.ts';
export { supersedes, compareRank, type Rank } from '@throughline/identity';
export { Consumer, LIMITS, type ConsumerOptions } from './consumer.ts';
export { ProjectionRunner, type RunnerOptions } from './runner.ts';
export { ReactorRunner, type React, type ReactorOptions, type Refusal } from './reactor-runner.ts';
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
export type { Unreadable } from './passed.ts';
export type { PartitionLag } from './lag.ts';
export type { Reached } from './waiting.ts';
export type { StableViews } from './stable-views.ts';
export { touchPlacement } from './touch-placement.ts';
export { AlreadyRunning } from './alone.ts';
export type { Progress } from './catch-up.ts';
export type { DigestKind, TableComparison, TableDigest } from './digest.ts';
export { NoPreviousBuild, type Rebuilt, type RebuildOptions } from './rebuild.ts';
export type { PartitionCoverage } from './coverage.ts';
export type { Verification, VerifyOptions } from './verify.ts';
