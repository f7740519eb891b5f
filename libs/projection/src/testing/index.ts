export { sendEvents, wholePartition, type SentEvent } from './send-events.ts';
export { exampleProjection, type Poison } from './example.projector.ts';
export { described, leadStream, linked, touch, unlinked } from './example-events.ts';
export { Bench } from './bench.ts';
export { chain, ownedEvents, type OwnerTask } from './owner-task.ts';
export { Owner } from './start-owner.ts';
export { shapeOf } from './shape.ts';
