import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ArrivingBodies } from './arriving-bodies.ts';

const MB = 1_000_000;

function arriving() {
  const ended: IncomingMessage[] = [];
  const clock = { ms: 0 };
  const bodies = new ArrivingBodies(
    (request) => void ended.push(request),
    () => clock.ms,
  );
  const add = (declared: number, peer = '127.0.0.1') => {
    const socket = { bytesRead: 200, remoteAddress: peer };
    const request = { socket } as unknown as IncomingMessage;
    bodies.add(request, declared);
    return { request, socket };
  };
  return { bodies, ended, clock, add };
}

describe('bodies that arrive', () => {
  it('S7 count as they are declared for a moment, then by what came, and never more than declared', () => {
    const { bodies, clock, add } = arriving();
    const { socket } = add(MB);
    add(10);
    expect(bodies.bytes()).toBe(MB + 10);
    clock.ms = 300;
    expect(bodies.bytes()).toBe(65_536 + 10);
    socket.bytesRead += 100_000;
    expect(bodies.bytes()).toBe(165_536 + 10);
    socket.bytesRead += 10 * MB;
    expect(bodies.bytes()).toBe(MB + 10);
  });

  it('S7 are ended oldest first where they are slow, until there is room', () => {
    const { bodies, ended, clock, add } = arriving();
    const [a, b] = [add(MB), add(MB)];
    clock.ms = 500;
    const young = add(MB);
    clock.ms = 1_200;
    expect(bodies.reduceTo(2 * 65_536)).toBe(true);
    expect(ended).toEqual([a.request]);
    expect(bodies.reduceTo(65_536)).toBe(true);
    expect(ended).toEqual([a.request, b.request]);
    expect(bodies.reduceTo(0)).toBe(false);
    expect(bodies.remove(young.request)).toBe(true);
    expect(bodies.remove(a.request)).toBe(false);
  });

  it('S7 are ended of the address first that has most on its way', () => {
    const { bodies, ended, clock, add } = arriving();
    const honest = add(MB, '10.0.0.1');
    const greedy = Array.from({ length: 3 }, () => add(MB, '10.0.0.2'));
    clock.ms = 2_000;
    expect(bodies.reduceTo(2 * 65_536)).toBe(true);
    expect(ended).toEqual(greedy.slice(0, 2).map(({ request }) => request));
    expect(ended).not.toContain(honest.request);
  });
});
