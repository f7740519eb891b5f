export { cutAnswers } from './cut-answers.ts';
export { testDatabase, testServer } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
