import { describe, expect, it } from '@jest/globals';
import { encoderOf } from './copy.ts';

const columns = {
  id: 'uuid not null',
  label: 'text',
  size: 'bigint',
  at: 'timestamptz',
  data: 'jsonb not null',
  words: 'text[]',
};
const encode = encoderOf({ table: 'thing', columns });

describe('a row as COPY takes it', () => {
  it('keeps separators and backslashes of a text inside its field', () => {
    const line = encode({ id: 'i', label: 'a\tb\nc\\d\r', data: { text: 'tab\there "quoted"' } });
    expect(line).toBe('i\ta\\tb\\nc\\\\d\\r\t\\N\t\\N\t{"text":"tab\\\\there \\\\"quoted\\\\""}\t\\N\n');
  });

  it('tells null from the text that stands for it', () => {
    expect(encode({ label: '\\N', data: null })).toBe('\\N\t\\\\N\t\\N\t\\N\t\\N\t\\N\n');
  });

  it('writes arrays, instants to the millisecond, and numbers of any size', () => {
    const line = encode({
      size: 2n ** 62n,
      at: '2026-03-01T00:00:00.123456Z',
      words: ['a"b', null, 'c\\d', ['e']],
    });
    expect(line).toBe(
      '\\N\t\\N\t4611686018427387904\t2026-03-01T00:00:00.123Z\t\\N\t{"a\\\\"b",NULL,"c\\\\\\\\d",{"e"}}\n',
    );
  });

  it('refuses a column that the table does not have, also one that is null', () => {
    expect(() => encode({ colour: null })).toThrow('table thing has no column colour');
  });

  it('I7: refuses half a surrogate pair as the server would, instead of storing something else', () => {
    expect(() => encode({ label: '\ud800' })).toThrow(expect.objectContaining({ code: '22021' }));
  });
});
