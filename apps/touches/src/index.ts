export { TOUCH_TOPICS, TouchesModule, type TouchDeps } from './touches.module.ts';
