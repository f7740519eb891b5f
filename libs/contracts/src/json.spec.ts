import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical.ts';
import { ContractError } from './contract.error.ts';
import { sliceArray } from './json-array.ts';
import { parseJson } from './json.ts';

const refusal = (text: string | Buffer): ContractError => {
  try {
    parseJson(Buffer.from(text as string));
  } catch (error) {
    if (error instanceof ContractError) return error;
    throw error;
  }
  throw new Error('was taken');
};
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const words = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
const names = words.filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
const small = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const { value: kept } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 8 },
    words,
    fc.maxSafeInteger(),
    small,
    fc.constantFrom(null, true),
    tie('many'),
  ),
  many: fc.oneof(fc.array(tie('value')), fc.dictionary(names, tie('value'))),
}));

describe('a key that is written with an escape', () => {
  const read = (text: string) => parseJson(Buffer.from(text));

  it('I1 is the key that it says, whatever keys others sent before', () => {
    for (let n = 0; n < 9; n += 1) read('{"a":"x","\\\\":{"b":1}}');
    expect(read('{"a":"x","\\u0062":1}')).toEqual({ a: 'x', b: 1 });
    expect(read('{"a":"x","\\n" \t:["\\"",-0.5,1e3,null,true]}')).toEqual({
      a: 'x',
      '\n': ['"', -0.5, 1000, null, true],
    });
    expect(read('{"a":"x","\\ud83d\\ude00":"\\\\"}')).toEqual({ a: 'x', '😀': '\\' });
    expect(refusal('{"a":"x","\\u0061":1}').code).toBe('duplicate-key');
  });

  it('is told from an escape in a text', () => {
    expect(read('["\\":", {"a": "\\\\"}, "\\u0061"]')).toEqual(['":', { a: '\\' }, 'a']);
  });
});

describe('strict JSON', () => {
  it.each([
    ['duplicate-key', '/a/b', '{"a":{"b":1,"c":2,"b":3}}'],
    ['duplicate-key', '/a', '{"a":1,"\\u0061":2}'],
    ['bad-string', '/a/1', '{"a":["","x\\u0000"]}'],
    ['bad-string', '/a', '{"a":"\\ud800"}'],
    ['bad-string', null, '{"\\udc00":1}'],
    ['forbidden-key', '/a/__proto__', '{"a":{"__proto__":{"admin":true}}}'],
    ['forbidden-key', '/constructor', '{"constructor":{"prototype":{}}}'],
    ['number-out-of-range', '/a', '{"a":1e400}'],
    ['number-out-of-range', '/a', '{"a":9007199254740993}'],
    ['number-out-of-range', '/a', '{"a":1e-400}'],
    ['number-out-of-range', '/a', '{"a":1e20}'],
    ['number-out-of-range', '/a', '{"a":-12345678901234567890.0}'],
    ['too-deep', `${'/0'.repeat(16)}`, nested(17)],
    ['too-deep', `${'/0'.repeat(16)}`, nested(15_000)],
    ['bad-json', null, '{"a":1,}'],
    ['bad-json', null, '// no\n1'],
    ['bad-json', null, 'NaN'],
    ['bad-json', null, ''],
    ['too-large', null, `"${'x'.repeat(256 * 1024)}"`],
  ])('%s at %p', (code, field, text) => {
    expect(refusal(text)).toMatchObject({ code, field });
    expect(refusal(text).remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(refusal(Buffer.from([0x22, 0xff, 0x22])).code).toBe('bad-string');
  });

  it('names a field in no more than can be stored', () => {
    const key = '💥'.repeat(400);
    const { field } = refusal(`{"${key}":1,"${key}":2}`);
    expect(field).toHaveLength(300);
    expect(field?.isWellFormed()).toBe(true);
  });

  it('takes what looks dangerous and is not', () => {
    const text = '{"constructor":"Brick Ltd","a":0.0,"b":-0.5,"c":1e3,"d":"\\ud83d\\ude00","e":[]}';
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
    expect(parseJson(Buffer.from(nested(16)))).toEqual(JSON.parse(nested(16)));
  });

  it('says where the text breaks, and never repeats it', () => {
    expect(refusal('{"email":"ada@example.com"; }').message).toBe('the text is not JSON at character 26');
    expect(refusal('{"email":ada@example.com}').message).not.toContain('ada');
  });

  it('reads any value that can be kept to what it says', () => {
    fc.assert(
      fc.property(kept, (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('I7 what a door takes can be read again from the log', () => {
    const written = fc
      .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom('text', 'digits', 'power'))
      .map(([number, form]) => {
        if (form === 'text') return String(number);
        return form === 'digits' ? number.toFixed(3) : number.toExponential();
      });
    const taken = (text: string): unknown => {
      try {
        return parseJson(Buffer.from(text));
      } catch {
        return undefined;
      }
    };
    fc.assert(
      fc.property(written, (text) => {
        const value = taken(text);
        if (value !== undefined) expect(taken(canonicalJson(value))).toBe(value === 0 ? 0 : value);
      }),
      { examples: [['1e20'], ['1e+21'], ['12345678901234567890.5'], ['9007199254740991.0']] },
    );
  });
});

describe('cutting a batch', () => {
  const cut = (text: string): string[] => sliceArray(Buffer.from(text), 1000).map(String);

  it.each([
    ['[]', []],
    [' [ 1 , {"a":[",]"]} ] ', ['1', '{"a":[",]"]}']],
    ['[{"a":"\\"]"},2]', ['{"a":"\\"]"}', '2']],
    ['[1,]', ['1', '']],
    ['[1,{"a":[2}', ['1', '{"a":[2}']],
    ['[1] 2', ['1', '2']],
    ['[', ['']],
    ['\ufeff[1]', ['1']],
  ])('%p', (text, items) => {
    expect(cut(text)).toEqual(items);
  });

  it('gives back the items of any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(',', ' ,\n'), (values, comma) => {
        const items = values.map((value) => JSON.stringify(value));
        expect(cut(`[${items.join(comma)}]`)).toEqual(items);
      }),
    );
  });

  it('takes as many as allowed', () => {
    const batch = (size: number): Buffer => Buffer.from(`[${'1,'.repeat(size - 1)}1]`);
    expect(sliceArray(batch(1000), 1000)).toHaveLength(1000);
    expect(() => sliceArray(batch(1001), 1000)).toThrow(expect.objectContaining({ code: 'too-many' }));
  });
});
