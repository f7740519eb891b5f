/** What providers are asked for where a type alone cannot name them. */
export const DEPS = Symbol('what journeys need of their process');
export const DATABASE = Symbol('database');
export const NOW = Symbol('now');
export const RUNNER = Symbol('projection runner');
export const OBSERVER = Symbol('log observer');
