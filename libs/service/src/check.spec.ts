import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { check } from './check.ts';

const query = z.strictObject({
  colour: z.enum(['red', 'blue']).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters, like EUR')
    .optional(),
  plain: z.string().regex(/^\d+$/).optional(),
  day: z.iso.date().optional(),
});

describe('a refusal of what was asked', () => {
  it.each([
    ['colour', 'green', 'is none of the values that it can have', 'Send "red" or "blue".'],
    ['currency', 'euro', 'is not in its form', 'Must be three capital letters, like EUR.'],
    ['plain', 'x', 'Invalid string: must match pattern /^\\d+$/', 'Send it as the pattern /^\\d+$/ has it.'],
    ['day', '1 May', 'Invalid ISO date', 'Send it in the form date.'],
    ['color', 'red', 'is not known here', 'Leave it out; this route takes: colour, currency, plain, day.'],
  ])('of %s %p says once what is wrong, and once what to send', (name, value, reason, remedy) => {
    const asked = () => check(query, { [name]: value }, 'query');
    expect(asked).toThrow(
      expect.objectContaining({
        described: expect.objectContaining({ code: 'invalid-query', field: name, remedy }),
      }),
    );
    expect(asked).toThrow(`${name}: ${reason}`);
  });
});
