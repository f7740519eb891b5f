import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { children, cpuSeconds, isLinux, proportionalMegabytes, residentMegabytes } from './process.ts';

(isLinux ? describe : describe.skip)('what /proc tells of a process', () => {
  it('its CPU time grows with its work, and its memory is what Node says', () => {
    const before = cpuSeconds(process.pid);
    const worked = () => cpuSeconds(process.pid) - before;
    const mostMs = 20_000; // the machine may have little time for this process
    for (const began = performance.now(); worked() <= 0.1 && performance.now() - began < mostMs;);
    expect(worked()).toBeGreaterThan(0.1);
    const { now, peak } = residentMegabytes(process.pid);
    const said = process.memoryUsage.rss() / 2 ** 20;
    expect(Math.abs(now - said)).toBeLessThan(said / 4);
    expect(peak).toBeGreaterThanOrEqual(now);
    expect(proportionalMegabytes([process.pid])).toBeLessThanOrEqual(said * 1.25);
  });

  it('a child is found while it lives, and one that has ended counts as nothing', async () => {
    const child = spawn('sleep', ['30']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    expect(children(process.pid)).toContain(pid);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(children(process.pid)).not.toContain(pid);
    expect([cpuSeconds(pid), residentMegabytes(pid).now]).toEqual([0, 0]);
  });
});
