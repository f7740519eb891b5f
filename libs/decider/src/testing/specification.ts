import assert from 'node:assert/strict';
import { DomainError, fold, type Decider } from '../decider.ts';

/** What happened after `when`, to be compared with what should have. */
export interface Outcome<E> {
  /** Exactly these events, in order; `[]`: already so, nothing recorded. */
  then(events: readonly E[]): void;
  /** Refused with this code; the message must not be empty. Any other error is a defect and is thrown on. */
  refused(code: string): void;
}

/**
 * Tests of a decider as sentences: `given([…events]).when(command).then([…events])`, or `.refused(code)`.
 * @example const given = specification(leadDecider);
 */
export function specification<C, E, S>(decider: Decider<C, E, S>) {
  return (past: readonly E[]) => ({
    when(command: C): Outcome<E> {
      const decided = attempt(() => decider.decide(command, fold(decider, past)));
      return {
        then(events) {
          if (decided instanceof DomainError)
            assert.fail(`expected events, but it was refused as ${decided.code}: ${decided.message}`);
          assert.deepStrictEqual(decided, events);
        },
        refused(code) {
          if (!(decided instanceof DomainError))
            assert.fail(`expected a refusal as ${code}, but it gave ${JSON.stringify(decided)}`);
          assert.equal(decided.code, code, `refused as ${decided.code}: ${decided.message}`);
          assert.notEqual(decided.message.trim(), '', 'a refusal says what to do instead');
        },
      };
    },
  });
}

function attempt<E>(decide: () => readonly E[]): readonly E[] | DomainError {
  try {
    return decide();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}
