export * from './decider.ts';
export * from './publication.ts';
