import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Attributes,
  type Link,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { names } from './names.ts';
import { NO_TRACE, below, linksTo, parentOf, traceContextOf, type TraceContext } from './trace-context.ts';

/** A batch that travels between a service and the log: whole on one partition when received, on a topic when sent. */
export interface TracedBatch {
  readonly system: string;
  readonly topic: string;
  readonly partition?: number;
  readonly group?: string;
  /** one an event, in the order of the batch */
  readonly events: readonly TracedEvent[];
}

export interface TracedEvent extends TraceContext {
  readonly id?: string;
  readonly offset?: bigint;
}

/**
 * The spans of one service.
 * - Accept, append and process belong to the event's own trace: their parent is the context the event carries.
 * - A batch send and a batch receive are one span each, root of a trace of their own, linked to every event's
 *   context; the append and process spans of those events link back to the batch.
 * - The context an event carries is that of its accept span and is never replaced on the way.
 * - A failure of the work is noted on the span and thrown on; telemetry itself never throws.
 */
export class Telemetry {
  private readonly received = new AsyncLocalStorage<SpanContext>();
  private readonly accepted = new AsyncLocalStorage<SpanContext>();

  /** `exports` false makes no spans, for when nobody gets to see them; requests have their contexts all the same. */
  constructor(
    private readonly tracer: Tracer,
    private readonly options: { readonly service: string; readonly exports: boolean },
    private readonly end: () => Promise<void> = () => Promise.resolve(),
  ) {}

  get exports(): boolean {
    return this.options.exports;
  }

  /** A request at the door. `own` is the context to store and send with everything that the request makes. */
  accept<T>(what: string, incoming: TraceContext, work: (own: TraceContext) => Promise<T>): Promise<T> {
    if (!this.exports) return this.inside(below(incoming), work);
    const span = this.start(names.span.accept(what), SpanKind.PRODUCER, incoming, {
      [names.messaging.operationType]: 'create',
    });
    return this.inside(span.spanContext(), (own) => this.during([span], () => work(own)));
  }

  /** A decision stored in its stream, in the trace of the command. */
  append<T>(stream: string, own: TraceContext, work: () => Promise<T>): Promise<T> {
    if (!this.exports) return work();
    const span = this.start(names.span.append('store'), SpanKind.INTERNAL, own, {
      [names.throughline.appendedTo]: 'store',
      [names.throughline.stream]: stream,
    });
    return this.during([span], work);
  }

  /** One awaited batch to the log, with an append span in each event's trace. */
  send<T>(batch: TracedBatch, work: () => Promise<T>): Promise<T> {
    const sent = this.batch(names.span.send(batch.topic), 'send', batch);
    const each = this.each(batch, sent.spanContext(), names.span.append(batch.topic), SpanKind.INTERNAL, {
      [names.throughline.appendedTo]: 'log',
    });
    return this.during([...each, sent], work);
  }

  /** One batch handed over by the log; `work` covers all that is done with it. */
  receive<T>(batch: TracedBatch, work: () => Promise<T>): Promise<T> {
    const span = this.batch(names.span.receive(batch.topic), 'receive', batch);
    return this.received.run(span.spanContext(), () => this.during([span], work));
  }

  /** What a consumer does with the events of a batch: a span in each event's trace, linked to the batch in hand. */
  process<T>(batch: TracedBatch, work: () => Promise<T>): Promise<T> {
    const spans = this.each(
      batch,
      this.received.getStore(),
      names.span.process(batch.topic),
      SpanKind.CONSUMER,
      {
        [names.messaging.operationName]: 'process',
        [names.messaging.operationType]: 'process',
      },
    );
    return this.during(spans, work);
  }

  /** The context of the request in hand, for logs and for answers that name their trace. */
  current(): TraceContext {
    const context = this.accepted.getStore();
    return context === undefined ? NO_TRACE : traceContextOf(context);
  }

  /** Hands over what is not exported yet. */
  shutdown(): Promise<void> {
    return this.end();
  }

  private inside<T>(context: SpanContext, work: (own: TraceContext) => Promise<T>): Promise<T> {
    return this.accepted.run(context, () => work(traceContextOf(context)));
  }

  private batch(name: string, operation: 'send' | 'receive', batch: TracedBatch): Span {
    const attributes = {
      [names.throughline.service]: this.options.service,
      ...this.of(batch),
      [names.messaging.operationName]: operation,
      [names.messaging.operationType]: operation,
      [names.messaging.batchCount]: batch.events.length,
    };
    const links = linksTo(batch.events);
    return this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes, links }, ROOT_CONTEXT);
  }

  private each(
    batch: TracedBatch,
    carrier: SpanContext | undefined,
    name: string,
    kind: SpanKind,
    more: Attributes,
  ): Span[] {
    const common = { ...this.of(batch), ...more };
    const links = carrier === undefined ? [] : [{ context: carrier }];
    return batch.events.map((event) => {
      const attributes: Attributes = { ...common };
      if (event.id !== undefined) attributes[names.messaging.messageId] = event.id;
      if (event.offset !== undefined) attributes[names.messaging.offset] = event.offset.toString();
      return this.start(name, kind, event, attributes, links);
    });
  }

  private start(
    name: string,
    kind: SpanKind,
    parent: TraceContext,
    attributes: Attributes,
    links: Link[] = [],
  ): Span {
    const all = { [names.throughline.service]: this.options.service, ...attributes };
    return this.tracer.startSpan(name, { kind, attributes: all, links }, parentOf(parent));
  }

  private of(batch: TracedBatch): Attributes {
    return {
      [names.messaging.system]: batch.system,
      [names.messaging.destination]: batch.topic,
      ...(batch.partition === undefined ? {} : { [names.messaging.partition]: String(batch.partition) }),
      ...(batch.group === undefined ? {} : { [names.messaging.group]: batch.group }),
    };
  }

  private async during<T>(spans: readonly Span[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const type = error instanceof Error ? error.name : 'unknown';
      for (const span of spans) {
        span.setAttribute(names.errorType, type);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  }
}
