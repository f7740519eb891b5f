import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ContractError } from './contract.error.ts';
import { inspectJson, parseJson } from './json.ts';
import { isPlainJson } from './plain-json.ts';

const DEPTH = 4;
const isPlain = (text: string): boolean =>
  isPlainJson(Buffer.from(text), text, JSON.parse(text) as unknown, DEPTH);

/** What looking at every token says of a text, the error in full. */
function inspected(text: string): unknown {
  try {
    inspectJson(text, DEPTH, '');
    return 'taken';
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return { ...error, message: error.message };
  }
}

function parsed(text: string): unknown {
  try {
    parseJson(Buffer.from(text), { maxDepth: DEPTH });
    return 'taken';
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return { ...error, message: error.message };
  }
}

const strings = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    ...['"a"', '"b"', '"\\u0061"', '"\\u0000"', '"\\\\u0000"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\uDE00"'],
    ...[
      '"__proto__"',
      '"\\u005f_proto__"',
      '"constructor"',
      '"prototype"',
      '"\\""',
      '"\\\\"',
      '"\\/"',
      '"💥"',
    ],
  ),
);
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.maxSafeInteger().map(String),
  fc.constantFrom(
    ...['0', '-0', '0.0', '0e9', '1e400', '-1e400', '1e-400', '1e20', '1E+21', '9007199254740991'],
    ...[
      '9007199254740992',
      '9007199254740993',
      '-9007199254740993.0',
      '0.1e17',
      '5e-324',
      `0.${'0'.repeat(330)}1`,
    ],
  ),
);
const blank = fc.constantFrom('', ' ', '\n\t');
/** JSON as hostile senders write it: keys twice, escaped, dangerous; numbers that do not survive; too deep. */
const { text: hostile } = fc.letrec<{ text: string; list: string; object: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 6 },
    strings,
    numbers,
    fc.constantFrom('null', 'true', 'false'),
    tie('list'),
    tie('object'),
    tie('object'),
  ),
  list: fc
    .tuple(blank, fc.array(tie('text'), { maxLength: 3 }))
    .map(([gap, all]) => `[${all.join(`${gap},`)}${gap}]`),
  object: fc
    .tuple(blank, fc.array(fc.tuple(strings, tie('text')), { maxLength: 4 }))
    .map(([gap, all]) => `{${all.map(([key, value]) => `${key}${gap}:${gap}${value}`).join(',')}}`),
}));

describe('the short way of strict JSON', () => {
  it('I1 takes and refuses what looking at every token does, with the same words', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(parsed(text)).toEqual(inspected(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":{"b":1},"a":2}',
    '{"a":1,"\\u0061":1}',
    '[{"a":1,"a":1}]',
    '{"a":"\\u0000"}',
    '["\\ud800"]',
    '["\\uDFFF"]',
    '{"__proto__":1}',
    '{"\\u005f\\u005fproto\\u005f\\u005f":1}',
    '{"constructor":{}}',
    '{"prototype":[]}',
    '[1e400]',
    '[1e-400]',
    '[1e20]',
    '[9007199254740992]',
    '[[[[[1]]]]]',
  ])('leaves %s to be looked at', (text) => expect(isPlain(text)).toBe(false));

  it.each([
    '{"a":"ü","b":[1,-2.5,1e3,null,true]}',
    ' { "a" : { "a" : "\\u00fc" } }',
    '[[[["x"]]]]',
    '"x"',
    '1',
  ])('is enough for %s', (text) => expect(isPlain(text)).toBe(true));
});
