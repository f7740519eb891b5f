import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import {
  EventPattern,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices';
import { isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import { LogContext } from './log-context.ts';
import type { Batch, Log, Position, Running } from './log.ts';

/** The transport's id, for `@EventPattern(group, LOG, { topics })`. */
export const LOG = Symbol('throughline.log');

/** Marks the handler of a group: `@OnBatch('timeline', ['journey.touches'])`. An @EventPattern with its types mended. */
export function OnBatch(group: string, topics: readonly string[]): MethodDecorator {
  return EventPattern<string>(group, LOG, { topics });
}

export interface LogTransportOptions {
  readonly log: Log;
  /** where a group stands; read from where its handler stores it */
  position(group: string, topic: string, partition: number): Promise<Position>;
  halted?(group: string, topic: string, partition: number, reason: string): void;
}

/**
 * Nest's microservice server over the log: one handler a group, called once per batch, which stores the position with
 * what it writes and returns it.
 *
 * - A handler that throws, rejects, or whose stream errors moves nothing: the batch comes again. Nest turns a throw
 *   into a stream that errors later, so the stream is followed to its end before the batch counts.
 * - Neither does a handler that returns no position.
 * - Nest's own filter hides the cause; `LogExceptionFilter` keeps it, so that a PartitionHalted halts.
 */
export class LogTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = LOG;
  private running: Running[] = [];

  constructor(private readonly options: LogTransportOptions) {
    super();
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      for (const [group, handler] of this.messageHandlers) {
        this.running.push(await this.subscribe(group, handler));
      }
    } catch (error) {
      await this.close();
      callback(error);
      return;
    }
    callback();
  }

  /** Finishes the batches in hand. */
  async close(): Promise<void> {
    const { running } = this;
    this.running = [];
    await Promise.all(running.map((it) => it.stop()));
  }

  /** What is owned now, of all groups. */
  owned(): ReturnType<Running['owned']> {
    return this.running.flatMap((it) => it.owned());
  }

  on(): never {
    throw new Error('LogTransport has no events; take `halted` of its options.');
  }

  unwrap<T>(): T {
    return this.options.log as T;
  }

  private subscribe(group: string, handler: MessageHandler): Promise<Running> {
    const topics = (handler.extras?.['topics'] ?? []) as readonly string[];
    if (topics.length === 0)
      throw new Error(`The handler of ${group} names no topics: @OnBatch('${group}', [topic]).`);
    if (handler.next) throw new Error(`Group ${group} has two handlers; one stores the position.`);
    return this.options.log.subscribe({
      group,
      topics,
      position: (topic, partition) => this.options.position(group, topic, partition),
      handle: (batch, signal) => this.handle(group, handler, batch, signal),
      halted: (topic, partition, reason) => this.options.halted?.(group, topic, partition, reason),
    });
  }

  private async handle(
    group: string,
    handler: MessageHandler,
    batch: Batch,
    signal: AbortSignal,
  ): Promise<Position> {
    const result: unknown = await handler(batch, new LogContext([batch, signal, group]));
    const stored = isObservable(result)
      ? await lastValueFrom(result, { defaultValue: undefined }).catch((error: unknown) => {
          throw error instanceof Error
            ? error
            : new Error(`The handler of ${group} failed`, { cause: error });
        })
      : result;
    if (!isPosition(stored)) throw new Error(`The handler of ${group} returned no position.`);
    return stored;
  }
}

/** Lets the log see what a handler threw: `app.useGlobalFilters(new LogExceptionFilter())`. */
@Catch()
export class LogExceptionFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && typeof (value as Position).next === 'bigint';
}
