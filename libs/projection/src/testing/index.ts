export { sendEvents, type SentEvent } from './send-events.ts';
export { exampleProjection, type Poison } from './example.projector.ts';
export { described, leadStream, linked, touch, unlinked } from './example-events.ts';
export { Bench } from './bench.ts';
