import type { OwnedPartition } from '@throughline/log';
import type { Progress, ProjectionRunner } from '@throughline/projection';
import { ProblemError } from './problem.ts';
import type { ServiceLog } from './service-log.ts';

export const jobNames = ['rebuild', 'verify', 'rollback'] as const;
export type JobName = (typeof jobNames)[number];

export interface JobState {
  readonly job: JobName;
  readonly state: 'never-run' | 'running' | 'done' | 'failed';
  readonly progress: Progress | null;
  /** of the last run that ended */
  readonly result: unknown;
  readonly error: string | null;
}

/** Long work on the projection, one of each kind at a time; its progress can be asked for meanwhile. */
export class ProjectionJobs {
  private readonly states = new Map<JobName, JobState>();
  private readonly running = new Set<Promise<void>>();

  /**
   * @param path of the routes by which they are asked for
   * @param owned partitions that this process has
   */
  constructor(
    private readonly path: string,
    private readonly runner: ProjectionRunner,
    private readonly owned: () => readonly OwnedPartition[] = () => [],
    private readonly log?: Pick<ServiceLog, 'error'>,
  ) {}

  state(job: JobName): JobState {
    return this.states.get(job) ?? { job, state: 'never-run', progress: null, result: null, error: null };
  }

  /** Starts it and returns at once. @throws ProblemError when it is running */
  start(job: JobName, options: { evenIfDifferent?: boolean } = {}): JobState {
    if (this.state(job).state === 'running') {
      throw new ProblemError({
        ...{ status: 409, code: 'rebuild-running', detail: `${job} is running.` },
        remedy: `GET ${this.path}/${job} tells its progress.`,
      });
    }
    this.set(job, { state: 'running', progress: null, result: null, error: null });
    const onProgress = (progress: Progress) => this.set(job, { progress });
    const work = this.run(job, { ...options, onProgress }).then(
      (result) => this.set(job, { state: 'done', result }),
      (cause: unknown) => {
        this.log?.error(`${job} failed`, {}, cause);
        this.set(job, { state: 'failed', error: cause instanceof Error ? cause.message : String(cause) });
      },
    );
    this.running.add(work);
    void work.then(() => this.running.delete(work));
    return this.state(job);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    await Promise.all(this.running);
  }

  private run(
    job: JobName,
    options: { evenIfDifferent?: boolean; onProgress: (progress: Progress) => void },
  ) {
    switch (job) {
      case 'rebuild':
        return this.runner.rebuild(options);
      case 'rollback':
        return this.runner.rollback(options);
      case 'verify':
        return this.runner.verify({ ...options, owned: this.owned() });
      default:
        return job satisfies never;
    }
  }

  private set(job: JobName, change: Partial<JobState>): void {
    this.states.set(job, { ...this.state(job), ...change });
  }
}
