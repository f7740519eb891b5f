/** What providers are asked for where a type alone cannot name them. */
export const DATABASE = Symbol('database of attribution');
export const EVIDENCE = Symbol('what runs the evidence');
export const REACTOR = Symbol('what runs the credit of deals');
export const NOW = Symbol('the clock of the doors');
