import { expect, it } from '@jest/globals';
import { shapeOf } from '@throughline/projection/testing';
import { evidenceProjection } from './evidence.projector.ts';

it('I9: builds of its version have one shape; another shape needs another version', () => {
  expect([evidenceProjection.version, shapeOf(evidenceProjection)]).toEqual([
    4,
    '0a803e71c413cf3ed0a06a45b408cfff6eac8d3ae1cd8b81ee98556dfaa5567e',
  ]);
});
