import { describe, expect, it } from '@jest/globals';
import { CommitRefused, CommitUnknown, isInfrastructure } from './infrastructure.error.ts';

const coded = (code: string) => Object.assign(new Error(code), { code });

/** I7: what is taken for infrastructure blocks and is tried again; what is not is parked. */
describe('isInfrastructure, by the error alone', () => {
  it.each(['08006', '57P01', '53300', '53100', '58030', '25006', 'ECONNRESET', 'EPIPE', 'EAI_AGAIN'])(
    'says yes to %s',
    (code) => expect(isInfrastructure(coded(code))).toBe(true),
  );

  it.each(['22P02', '23503', '25P02', '42501', 'P0001', 'XX000', 'ENOENT'])('says no to %s', (code) =>
    expect(isInfrastructure(coded(code))).toBe(false),
  );

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('knows the uncoded message: %s', (message) => expect(isInfrastructure(new Error(message))).toBe(true));

  it('is not misled by data that speaks of connections', () => {
    const error = Object.assign(new Error('Connection terminated is not a stage'), { code: '23514' });

    expect(isInfrastructure(error)).toBe(false);
  });

  it('looks through wrapping errors', () => {
    expect(isInfrastructure(new Error('batch', { cause: coded('40001') }))).toBe(true);
    expect(isInfrastructure(Object.assign(new Error('query'), { driverError: coded('08003') }))).toBe(true);
    expect(isInfrastructure(new AggregateError([coded('ECONNREFUSED')]))).toBe(true);
    expect(isInfrastructure(new CommitRefused(coded('40P01')))).toBe(true);
    expect(isInfrastructure(new CommitRefused(coded('23505')))).toBe(false);
    expect(isInfrastructure(new CommitUnknown(coded('ECONNRESET')))).toBe(true);
  });

  it('says no to what is no error, and comes to an end on a circle', () => {
    const circle = new Error('circle');
    circle.cause = circle;

    for (const it of [null, undefined, 'ECONNRESET', 7, circle]) expect(isInfrastructure(it)).toBe(false);
  });
});
