export { creditFromScratch } from './credit-oracle.ts';
