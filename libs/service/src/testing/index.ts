export * from './busy-machine.ts';
export * from './documented.ts';
export * from './raw-http.ts';
