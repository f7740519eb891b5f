export { TOUCH_TOPICS, TouchesModule, type TouchDeps } from './touches.module.ts';
export { readTouchesConfig, type TouchesConfig } from './touches.config.ts';
