import { hash } from 'node:crypto';
import type { Projection } from '../projection.ts';

/** SHA-256 (hex) of what a build of a projection looks like: it changes where a build of before no longer fits. */
export function shapeOf({ tables, extras = [], identity }: Projection): string {
  const shapes = tables.map(({ kind, name, columns, primaryKey }) => [
    ...[kind, name, Object.entries(columns), primaryKey],
  ]);
  return hash('sha256', JSON.stringify([shapes, extras, identity === true]), 'hex');
}
