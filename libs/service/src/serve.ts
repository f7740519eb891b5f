import { NestFactory } from '@nestjs/core';
import type { DynamicModule, Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Telemetry } from '@throughline/telemetry';
import { Admission, CEILING, LARGEST_BODY, type Ceiling } from './admission.ts';
import { AcceptInterceptor } from './answer.ts';
import { requireLoopback } from './config.ts';
import { guardConnections, PATIENCE, patient, type Patience } from './connections.ts';
import { Health } from './health.ts';
import { hiddenFile, PAGES, serveOpenApi } from './open-api.ts';
import { Methods } from './methods.ts';
import { answerUnrouted, ProblemFilter } from './problem-filter.ts';
import { RequestGuard } from './request-guard.ts';
import { acceptAnyContentType, type ServiceReply, type ServiceRequest } from './request.ts';
import { securityHeaders } from './security-headers.ts';
import { nestLogger, type ServiceLog } from './service-log.ts';
import { ShellModule } from './shell.module.ts';
import { TurnedAway } from './turned-away.ts';

export interface ServeOptions {
  /** the services of this process: one, or all of them */
  readonly modules: readonly (DynamicModule | Type)[];
  readonly title: string;
  readonly version: string;
  /** 0 takes any free port */
  readonly port: number;
  /** loopback only, 127.0.0.1 unless told */
  readonly host?: string;
  readonly log: ServiceLog;
  readonly telemetry: Telemetry;
  /** names that it is reached by besides the loopback names, each with its port: behind a tunnel or a proxy */
  readonly allowedHosts?: readonly string[];
  /** what it takes on at once, and how long callers may take; see CEILING and PATIENCE for what is not told */
  readonly limits?: Partial<Ceiling & Patience>;
  /** closed one after the other once every module has stopped: the log, databases, telemetry */
  readonly closing?: readonly (() => Promise<void>)[];
}

export interface RunningService {
  /** e.g. http://127.0.0.1:3401 */
  readonly url: string;
  /** to reach a provider: `app.get(Token)` */
  readonly app: NestFastifyApplication;
  /**
   * Stops for good, at most once: says it is not ready, takes no more requests, finishes those in hand, stops
   * consumers, closes pools. After 10 s it gives up waiting.
   * @returns whether everything ended in time
   */
  stop(): Promise<boolean>;
}

const LONGEST_PATH_PARAMETER = 1_000;
const STOP_LIMIT_MS = 10_000;

/**
 * Runs services in one Nest application on Fastify. Bodies reach handlers as the raw bytes that were sent, whatever
 * their content type.
 * @throws ConfigError when the host could be reached from another machine
 */
export async function serve(options: ServeOptions): Promise<RunningService> {
  const { host = '127.0.0.1', port, log, telemetry } = options;
  requireLoopback(host);
  const limits = { ...CEILING, ...PATIENCE, ...options.limits };
  const guard = new RequestGuard({ allowedHosts: options.allowedHosts ?? [], pages: PAGES });
  const admission = new Admission(limits);
  const adapter = new FastifyAdapter({
    bodyLimit: LARGEST_BODY,
    routerOptions: { maxParamLength: LONGEST_PATH_PARAMETER },
    forceCloseConnections: 'idle',
    return503OnClosing: false, // a problem that says what to do instead, by the hook below
    ...patient(limits),
    frameworkErrors: (error: unknown, request: ServiceRequest, reply: unknown) =>
      answerUnrouted(error, request, reply as ServiceReply),
  });
  const fastify = adapter.getInstance();
  const methods = new Methods();
  fastify.addHook('onRoute', (added) => methods.add(added));
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', (request, reply, done) => {
    const refusal = guard.refusal(request.raw);
    if (refusal !== undefined) done(refusal);
    else if (!request.is404) done(guard.typeRefusal(request.raw) ?? hiddenFile(request));
    else if (!methods.answers(request, reply)) done();
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    acceptAnyContentType(request);
    const refusal = admission.refusal(request.raw, reply.raw);
    if (refusal === undefined) admission.inTurn(request.raw, done);
    else done(refusal);
  });
  fastify.addHook('preValidation', (request, _reply, done) => done(admission.arrived(request.raw)));
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    reply.headers(securityHeaders(reply.getHeader('content-type')));
    if (admission.isClosed) reply.header('connection', 'close'); // kept open, it would hold the stop
    done();
  });
  adapter.useBodyParser('*', false, { bodyLimit: LARGEST_BODY });
  const app = await NestFactory.create<NestFastifyApplication>(ShellModule.around(options.modules), adapter, {
    logger: nestLogger(log),
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(log, app.get(TurnedAway)));
  app.useGlobalInterceptors(new AcceptInterceptor(telemetry, log, admission));
  app.get(Health).fresh('requests', () => Promise.resolve(admission.finding()));
  guardConnections(app.getHttpServer(), limits, (socket) => admission.isInHand(socket));
  serveOpenApi(app, options);
  await app.listen(port, host);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  log.info('listening', { url });
  let stopped: Promise<boolean> | undefined;
  return { url, app, stop: () => (stopped ??= stop(app, admission, options)) };
}

async function stop(
  app: NestFastifyApplication,
  admission: Admission,
  { log, closing = [] }: ServeOptions,
): Promise<boolean> {
  app.get(Health).stop();
  admission.close();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), STOP_LIMIT_MS);
  });
  const ended = end(app, closing).then(
    () => true,
    (cause: unknown) => {
      log.error('something did not stop as it should', {}, cause);
      return false;
    },
  );
  const inTime = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (!inTime) app.getHttpServer().closeAllConnections();
  log.info('stopped', { inTime });
  return inTime;
}

async function end(app: NestFastifyApplication, closing: readonly (() => Promise<void>)[]): Promise<void> {
  await app.close();
  for (const close of closing) await close();
}

/** npm passes a Ctrl-C on that the terminal has sent to the process already: both within this time are one. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs until SIGINT, SIGTERM or SIGHUP, or until the process that started it has ended, then stops; a second signal, a
 * second later or more, ends the process at once.
 */
export function stopOnSignal(stop: () => Promise<boolean>): void {
  let askedAt: number | undefined;
  const heard = () => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    askedAt = performance.now();
    void stop().then(
      (inTime) => process.exit(inTime ? 0 : 1),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
  process.on('SIGHUP', heard);
  process.on('disconnect', heard);
  if (process.connected === false) heard(); // it ended while this one was starting
}
