import { expect, it } from '@jest/globals';
import { shapeOf } from '@throughline/projection/testing';
import { journeysProjection } from './journeys.projector.ts';

it('I9: builds of its version have one shape; another shape needs another version', () => {
  expect([journeysProjection.version, shapeOf(journeysProjection)]).toEqual([
    2,
    '6d5ca6683a52a3a146e8721707acf38b8df8b71c5a0e87f10422cd3dc0f1907b',
  ]);
});
