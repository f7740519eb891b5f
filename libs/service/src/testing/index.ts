export * from './documented.ts';
export * from './raw-http.ts';
