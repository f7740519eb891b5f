import { describe, expect, it } from '@jest/globals';
import type { Client } from '@throughline/client';
import fc from 'fast-check';
import { emit } from './emit.ts';
import { batchesOf, bodyOf, itemsOf } from './emit-items.ts';

const textsOf = (file: string | Buffer): string[] =>
  itemsOf(Buffer.from(file as string)).items.map(({ bytes }) => bytes.toString('latin1'));
const event = (id: string) => JSON.stringify({ specversion: '1.0', id });

interface Sent {
  readonly body: string;
  readonly contentType: string;
}

/** A door that answers from the items' own bytes: what begins with `{"s` is taken. */
function door(answerTo: (sent: Sent) => unknown) {
  const sent: Sent[] = [];
  const client = {
    emit: (body: Uint8Array, contentType: string) => {
      const request = { body: Buffer.from(body).toString('latin1'), contentType };
      sent.push(request);
      return Promise.resolve(answerTo(request));
    },
  } as unknown as Pick<Client, 'emit'>;
  return { client, sent };
}

describe('the events of a file', () => {
  it.each([
    ['lines, whatever their ends', 'a\r\n\n \nb', ['a\r', 'b']],
    ['the items of an array', ' [ {"a":1} , {bad} ]', ['{"a":1}', '{bad}']],
    ['one event over several lines', '{\n"a":1\n}\n', ['{\n"a":1\n}\n']],
    ['an array after a byte order mark', '\ufeff[1]', ['1']],
    ['nothing', '\n\n', []],
    ['an empty array', '[]', []],
  ])('%s', (_, file, expected) => {
    expect(textsOf(file)).toEqual(expected);
  });

  it.each([
    ['a repeated key', '{"id":"a","id":"b"}'],
    ['a number that no double holds', '{"id":9007199254740993}'],
    ['a dangerous key', '{"__proto__":{"a":1}}'],
  ])('I2 %s reaches the door as it stands', (_, text) => {
    expect(textsOf(text)).toEqual([text]);
    expect(textsOf(`[${text}]`)).toEqual([text]);
    expect(textsOf(`${text}\n${text}`)).toEqual([text, text]);
  });

  it('I2 bytes of another encoding reach the door as they stand', () => {
    const latin1 = Buffer.from('{"id":"é"}\n{"id":"b"}\n', 'latin1');
    expect(textsOf(latin1)).toEqual(['{"id":"é"}', '{"id":"b"}']);
  });

  it('names the place of each: its line, or its number in an array', () => {
    expect(itemsOf(Buffer.from('\n1\n\n2')).items.map(({ at }) => at)).toEqual([2, 4]);
    expect(itemsOf(Buffer.from('[1,\n\n2]')).items.map(({ at }) => at)).toEqual([1, 2]);
    expect(itemsOf(Buffer.from('[1]')).unit).toBe('item');
  });
});

describe('batches', () => {
  it('keep every item in order, and what is no JSON alone', () => {
    const line = fc.oneof(
      fc.constantFrom('{bad', '"open', 'x'),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 2 }), (lines) => {
        const { items } = itemsOf(Buffer.from(`${event('first')}\n${lines.join('\n')}`));
        const batches = batchesOf(items);
        expect(batches.flat()).toEqual(items);
        for (const batch of batches) if (batch.length > 1) JSON.parse(bodyOf(batch).toString());
      }),
    );
  });

  it('stay within what the door takes', () => {
    const { items } = itemsOf(
      Buffer.from(Array.from({ length: 1200 }, (_, at) => event(`e-${at}`)).join('\n')),
    );
    expect(batchesOf(items).map(({ length }) => length)).toEqual([500, 500, 200]);
    const large = itemsOf(
      Buffer.from(
        `[${Array(50)
          .fill(event('x'.repeat(30_000)))
          .join(',')}]`,
      ),
    ).items;
    for (const batch of batchesOf(large)) expect(bodyOf(batch).length).toBeLessThan(1024 * 1024);
  });
});

describe('emitting', () => {
  const taken = (place: string) => ({ id: 'x', after: place });

  it('I1 counts what was taken, and `after` waits for all of it', async () => {
    const after = ['t/0/7,t/1/2', 't/0/9,event/e', 't/0/8'].values();
    const { client, sent } = door(({ body }) => ({
      results: (JSON.parse(body) as unknown[]).map(() => taken('t/0/1')),
      after: after.next().value ?? null,
    }));
    const { items } = itemsOf(
      Buffer.from(Array.from({ length: 1100 }, (_, at) => event(`e-${at}`)).join('\n')),
    );
    const emitted = await emit(client, items);
    expect(sent.map(({ contentType }) => contentType)).toEqual(
      Array(3).fill('application/cloudevents-batch+json'),
    );
    expect(emitted).toEqual({ sent: 1100, accepted: 1100, after: 't/0/9,t/1/2,event/e', refusals: [] });
  });

  it('names no `after` where that takes more places than a query does, since it would wait for a part only', async () => {
    const items = itemsOf(
      Buffer.from(Array.from({ length: 1_100 }, (_, n) => event(`${n}`)).join('\n')),
    ).items;
    const emitted = (afters: readonly (string | null)[]) => {
      const next = afters.values();
      const { client } = door(() => ({ results: [taken('event/e')], after: next.next().value ?? null }));
      return emit(client, items);
    };
    expect(await emitted(['t/0/7', null, 't/0/9'])).toMatchObject({ after: null });
    const many = Array.from({ length: 51 }, (_, n) => `t/${n}/0`);
    expect(await emitted([many.slice(1).join(','), 't/1/1', 't/1/2'])).toHaveProperty(
      'after',
      expect.any(String),
    );
    expect(await emitted([many.slice(0, 50).join(','), many.slice(50).join(','), 't/1/2'])).toMatchObject({
      after: null,
    });
  });

  it('I6 goes on after what is refused or too large, and says where it stands', async () => {
    const { client } = door(({ body, contentType }) => {
      if (body.includes('huge'))
        return { code: 'body-too-large', detail: 'It is too large', remedy: 'Split it.' };
      if (body.startsWith('{bad')) return { code: 'bad-json', detail: 'no JSON', quarantine: 'q-1' };
      if (contentType === 'application/cloudevents+json') return taken('t/0/1');
      return {
        results: [taken('t/0/2'), { quarantine: 'q-2', problem: { detail: 'no id.' } }],
        after: 't/0/2',
      };
    });
    const { items } = itemsOf(Buffer.from(`{bad\n"huge"x\n${event('a')}\n{}`));
    expect(await emit(client, items)).toEqual({
      sent: 4,
      accepted: 1,
      after: 't/0/2',
      refusals: [
        { line: 1, reason: 'no JSON', quarantine: 'q-1' },
        { line: 2, reason: 'It is too large. Split it.', quarantine: null },
        { line: 4, reason: 'no id.', quarantine: 'q-2' },
      ],
    });
  });
});
