import { expect, it } from '@jest/globals';
import { shapeOf } from '@throughline/projection/testing';
import { journeysProjection } from './journeys.projector.ts';

it('I9: builds of its version have one shape; another shape needs another version', () => {
  expect([journeysProjection.version, shapeOf(journeysProjection)]).toEqual([
    3,
    'b9191c75e08225309aec4154c2536aab4536d884168b8508a5117879a808cd1a',
  ]);
});
