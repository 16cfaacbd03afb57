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
 * What JSON leaves as it is and a terminal or an editor acts on: C1 controls (U+009B begins a terminal sequence as
 * ESC does), line separators, marks that turn the direction of text around, signs without width.
 */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Of an error only what is ours or the machine's: parsers and drivers hang rows, documents and keys on theirs, and a
 * broken unique index quotes the value.
 */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '', code, cause } = error as Error & { code?: unknown };
  const said = message.replace(/dup key: .*/s, 'dup key');
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: name,
    message: said,
    stack: [`${name}: ${said}`, ...frames].join('\n'),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause !== undefined && { cause: errorFields(cause) }),
  };
}

/** The log of a process, written to `sink` line by line. */
export const openLog = (level: string, sink: { write(line: string): unknown }): Pino =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: REDACTED,
      serializers: { err: errorFields },
    },
    { write: (line: string) => void sink.write(line.replace(UNSEEN, escaped)) },
  );

/**
 * Lines of JSON on stderr, so that stdout keeps what a person must read at start. No input can forge a line, or make a
 * terminal do something.
 */
@Injectable()
export class Logger {
  readonly #pino: Pino;

  constructor(level: string, target?: Pino) {
    this.#pino = target ?? openLog(level, destination({ dest: 2, sync: true }));
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
