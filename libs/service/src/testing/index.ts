export * from './raw-http.ts';
