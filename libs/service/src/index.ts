export * from './after.ts';
export { AfterGate, afterParameters, type AfterGateOptions } from './after-gate.ts';
export { answer, type Answer } from './answer.ts';
export { bigintsAsText } from './bigints-as-text.ts';
export { check, checkBody } from './check.ts';
export {
  commandController,
  type CommandAnswer,
  type CommandDoor,
  type CommandHandling,
  type DoorCommand,
} from './command-door.ts';
export { idempotencyKeyOf } from './command-said.ts';
export * from './config.ts';
export { Health, type Finding, type HealthReport } from './health.ts';
export { hopsController } from './hops.ts';
export { Housekeeping } from './housekeeping.ts';
export { jsonSchemaOf, type JsonSchema } from './json-schema.ts';
export { keepingUp } from './keeping-up.ts';
export { Lifecycle } from './lifecycle.ts';
export * from './paging.ts';
export * from './parameters.ts';
export { parkedController } from './parked.ts';
export { projectionController } from './projection.ts';
export { ProjectionJobs, type JobName, type JobState } from './projection-jobs.ts';
export { complete, ProblemError, problemOf, type FieldError, type Problem } from './problem.ts';
export {
  Input,
  Route,
  route,
  type InputOf,
  type RawBodies,
  type RouteAnswer,
  type RouteContract,
} from './route.ts';
export * from './run-service.ts';
export * from './serve.ts';
export { Shell } from './shell.module.ts';
export { reemitController } from './reemit.ts';
export { storeController } from './store.ts';
export { ServiceLog, type LogFields, type ServiceLogOptions } from './service-log.ts';
export { TopicCheck, TopicCheckModule, type TopicCheckOptions } from './topic-check.module.ts';
export { UntilDone, type UntilDoneOptions } from './until-done.ts';
