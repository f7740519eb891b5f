import { BaseRpcContext } from '@nestjs/microservices';
import type { Batch } from './log.ts';

/** What a handler may ask besides the batch: `@Ctx() context: LogContext`. */
export class LogContext extends BaseRpcContext<[Batch, AbortSignal, string]> {
  get batch(): Batch {
    return this.args[0];
  }

  /** aborts when the partition is lost or the service stops */
  get signal(): AbortSignal {
    return this.args[1];
  }

  get group(): string {
    return this.args[2];
  }
}
