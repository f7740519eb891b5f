export * from './rank.ts';
export * from './assertion.ts';
