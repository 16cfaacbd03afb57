import { Injectable, type LoggerService } from '@nestjs/common';
import { destination, type Logger as Pino, pino } from 'pino';

/** Never in a log line, at any depth that we log: credentials and what people wrote. */
const REDACTED = [
  'password',
  'token',
  'cookie',
  'authorization',
  '*.password',
  '*.token',
  '*.cookie',
  '*.authorization',
];

/**
 * Lines of JSON on stderr, so that stdout keeps what a person must read at start. JSON escapes line breaks and
 * terminal sequences, so no input can forge a line.
 */
@Injectable()
export class Logger {
  readonly #pino: Pino;

  constructor(level: string, target?: Pino) {
    this.#pino =
      target ??
      pino(
        { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: REDACTED },
        destination({ dest: 2, sync: true }),
      );
  }

  child(fields: Record<string, unknown>): Logger {
    return new Logger('', this.#pino.child(fields));
  }

  debug(message: string, fields: Record<string, unknown> = {}): void {
    this.#pino.debug(fields, message);
  }
  info(message: string, fields: Record<string, unknown> = {}): void {
    this.#pino.info(fields, message);
  }
  warn(message: string, fields: Record<string, unknown> = {}): void {
    this.#pino.warn(fields, message);
  }
  /** An Error goes under `err`, and its stack into the log only. */
  error(message: string, fields: Record<string, unknown> = {}): void {
    this.#pino.error(fields, message);
  }
}

/** Lets the framework speak through our logger; what it says of its own start is of no interest. */
export function nestLogger(logger: Logger): LoggerService {
  const log = logger.child({ room: 'nest' });
  const text = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message) => log.debug(text(message)),
    debug: (message) => log.debug(text(message)),
    verbose: () => {},
    warn: (message) => log.warn(text(message)),
    error: (message, ...rest) => log.error(text(message), { rest: rest.map(text) }),
    fatal: (message) => log.error(text(message)),
  };
}
