import { readdirSync, readFileSync } from 'node:fs';

/** Linux gives times in ticks of 10 ms, on every architecture that Node runs on. */
const TICKS = 100;

export const isLinux = process.platform === 'linux';

/** Seconds of CPU that a process has used, with those of its children that have ended. */
export function cpuSeconds(pid: number): number {
  // After the command's name, which may hold anything: state is the third field of the file, utime the 14th.
  const fields = stat(pid);
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / TICKS;
}

/** The processes whose parent this one is, now. */
export function children(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((each) => each > 0 && Number(stat(each)[1]) === pid);
}

/** Resident memory in MB: now, and the most it ever was. */
export function residentMegabytes(pid: number): { readonly now: number; readonly peak: number } {
  const status = read(`/proc/${pid}/status`);
  const megabytes = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

/** Memory in MB of several processes that share some of it, each counted with its part of what it shares. */
export function proportionalMegabytes(pids: readonly number[]): number {
  const kilobytes = (pid: number) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  return pids.reduce((sum, pid) => sum + kilobytes(pid), 0) / 1024;
}

/** The fields of /proc/<pid>/stat after the command's name; none when there is no such process any more. */
function stat(pid: number): string[] {
  const line = read(`/proc/${pid}/stat`);
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
