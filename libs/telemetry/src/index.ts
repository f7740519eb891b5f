export * from './names.ts';
export * from './trace-context.ts';
export * from './telemetry.ts';
export * from './log-observer.ts';
export * from './start.ts';
