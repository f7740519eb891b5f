import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { OwnerTask } from './owner-task.ts';

const SCRIPT = fileURLToPath(new URL('./owner.ts', import.meta.url));
const REGISTER = new URL('../../../../tools/typescript/register.mjs', import.meta.url).href;

/** An owner process and what it said. */
export class Owner {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(task: OwnerTask) {
    this.#child = spawn(process.execPath, ['--import', REGISTER, SCRIPT, JSON.stringify(task)]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line it says. */
  async hear(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done ? 'ended' : String(value);
  }

  go(): void {
    this.#child.stdin.write('go\n');
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}
