import { join } from 'node:path';

/**
 * Everything that local installations keep lies below this folder: `.throughline` of the repository, or the
 * one that THROUGHLINE_HOME names.
 */
export const localRoot =
  process.env['THROUGHLINE_HOME'] || join(import.meta.dirname, '../../../.throughline');
