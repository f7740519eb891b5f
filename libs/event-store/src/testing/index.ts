export * from './lead-fixture.ts';
export * from './test-store.ts';
export * from './backup.ts';
