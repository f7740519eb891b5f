import { expect, it } from '@jest/globals';
import { shapeOf } from '@throughline/projection/testing';
import { evidenceProjection } from './evidence.projector.ts';

it('I9: builds of its version have one shape; another shape needs another version', () => {
  expect([evidenceProjection.version, shapeOf(evidenceProjection)]).toEqual([
    3,
    'b2d38a4dc67958fa6ab858e3cdc824b68315b4285dc5de0fd7a5478098f5f7fa',
  ]);
});
