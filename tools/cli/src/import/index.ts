export { importFiles, type ImportResult } from './import.ts';
export { loadMapping } from './mapping.ts';
export { planImport } from './plan.ts';
