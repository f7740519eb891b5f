import fc from 'fast-check';
import { readDocument, type Documented, type Operation } from './document.ts';
import { FactsDoor } from './facts-door.ts';
import { judge, Violation } from './judge.ts';
import { mutated } from './mutation.ts';
import { goodRequests, type FuzzRequest, type KnownIds } from './request.ts';
import { knownIds } from './known-ids.ts';
import { inWords, send } from './wire.ts';

export interface FuzzOptions {
  /** where every service answers */
  readonly url: string;
  readonly seed: number;
  /** requests an operation */
  readonly runs: number;
  /** only operations whose `METHOD /path` contains this */
  readonly only?: string;
  /** repeats one failure: as it was printed, together with `only` and the seed */
  readonly path?: string;
  /** looks for a smaller request that fails too; true unless told, and slow */
  readonly shrink?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Failure {
  readonly operation: string;
  readonly seed: number;
  readonly path: string;
  readonly why: string;
  readonly request: string;
}

export interface Fuzzed {
  readonly operations: number;
  readonly requests: number;
  /** how many were answered with each status; 0: the connection was ended instead */
  readonly statuses: Readonly<Record<number, number>>;
  readonly failures: readonly Failure[];
}

/** Sends good and spoilt requests to every operation of the document, and holds each answer to what is promised. */
export async function fuzz(options: FuzzOptions): Promise<Fuzzed> {
  const document = await readDocument(options.url);
  const known = await knownIds(options.url);
  const door = await FactsDoor.at(options.url);
  const operations = document.operations.filter((each) => nameOf(each).includes(options.only ?? ''));
  if (operations.length === 0)
    throw new Error(
      `No operation contains ${options.only}; there are:\n${document.operations.map(nameOf).join('\n')}`,
    );
  const statuses: Record<number, number> = {};
  const failures: Failure[] = [];
  let requests = 0;
  for (const [at, operation] of operations.entries()) {
    const failure = await attack(operation, { document, known, options }, async (request) => {
      requests += 1;
      const status = await holds(options.url, { document, door }, request);
      statuses[status] = (statuses[status] ?? 0) + 1;
    });
    if (failure !== null) failures.push(failure);
    options.onProgress?.(at + 1, operations.length);
  }
  return { operations: operations.length, requests, statuses, failures };
}

export const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

interface Attack {
  readonly document: Documented;
  readonly known: KnownIds;
  readonly options: FuzzOptions;
}

async function attack(
  operation: Operation,
  { known, options: { seed, runs, path, shrink = true } }: Attack,
  hold: (request: FuzzRequest) => Promise<void>,
): Promise<Failure | null> {
  const good = goodRequests(operation, known);
  const requests: fc.Arbitrary<FuzzRequest> = fc.oneof(
    { weight: 1, arbitrary: good },
    { weight: 2, arbitrary: good.chain(mutated) },
  );
  const property = fc.asyncProperty(requests, hold);
  const found = await fc.check(property, {
    ...{ seed, numRuns: runs, endOnFailure: !shrink },
    ...(path === undefined ? {} : { path }),
  });
  if (!found.failed) return null;
  const [request] = found.counterexample ?? [];
  return {
    operation: nameOf(operation),
    seed: found.seed,
    path: found.counterexamplePath ?? '',
    why: found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance),
    request: request === undefined ? '' : inWords(request),
  };
}

/** @returns the status that was answered */
async function holds(
  url: string,
  { document, door }: { document: Documented; door: FactsDoor },
  request: FuzzRequest,
): Promise<number> {
  const answer = await send(url, request);
  try {
    await door.check(request, answer, judge(document, request, answer));
  } catch (error) {
    await door.catchUp();
    throw error;
  }
  if (request.mutation !== null && request.transport === 'cut' && answer !== null && answer.status < 400)
    throw new Violation('a body that was cut was taken');
  return answer?.status ?? 0;
}
