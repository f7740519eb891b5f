export { TOUCH_TOPICS, TouchesModule, type TouchDeps } from './touches.module.ts';
export { readQuarantineLimits } from './touches.config.ts';
