import type { LoggerService } from '@nestjs/common';

type Level = 'debug' | 'info' | 'warn' | 'error';
const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** What a line may say beside its message: ids and figures, never bodies, headers, secrets or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface ServiceLogOptions {
  readonly service: string;
  readonly level?: Level;
  readonly write?: (line: string) => void;
  readonly now?: () => Date;
}

/** Structured logs: one JSON object a line on stdout. Passwords inside URLs are struck out. */
export class ServiceLog {
  constructor(private readonly options: ServiceLogOptions) {}

  debug(message: string, fields: LogFields = {}): void {
    this.line('debug', message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.line('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.line('warn', message, fields);
  }

  /** `cause` gives the line its error name, message and stack. */
  error(message: string, fields: LogFields = {}, cause?: unknown): void {
    const about =
      cause instanceof Error ? { error: cause.name, reason: cause.message, stack: cause.stack } : {};
    this.line('error', message, { ...fields, ...about });
  }

  private line(level: Level, message: string, fields: LogFields): void {
    const { service, level: least = 'info', write = toStdout, now = () => new Date() } = this.options;
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    write(strike(JSON.stringify({ time: now().toISOString(), level, service, message, ...fields })));
  }
}

/** Nest's own lines in the same form; what it says while it starts is only for debugging. */
export function nestLogger(log: ServiceLog): LoggerService {
  const text = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => log.debug(text(message)),
    debug: (message: unknown) => log.debug(text(message)),
    verbose: (message: unknown) => log.debug(text(message)),
    warn: (message: unknown) => log.warn(text(message)),
    error: (message: unknown) => log.error(text(message), {}, message),
    fatal: (message: unknown) => log.error(text(message), {}, message),
  };
}

function toStdout(line: string): void {
  process.stdout.write(`${line}\n`);
}

function strike(line: string): string {
  return line.replace(/(\/\/[^:@/\s"]+):[^@/\s"]+@/g, '$1:***@');
}
