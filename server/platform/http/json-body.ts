import type { IncomingMessage } from 'node:http';
import { AppError } from '@svodka/shared/contracts/errors';
import { json, urlencoded } from 'body-parser';
import { refused } from '../errors/contract-error.ts';
import type { Request, Response } from './request.ts';

/** What a stranger may make us parse: a sign-in is some hundred bytes. */
const STRANGERS = json({ limit: '4kb', strict: false, type: 'application/json' });
/** A form is shown again with what was typed: ten thousand Russian letters come in 60 KB. */
const FORMS = urlencoded({ limit: '64kb', extended: false, parameterLimit: 20 });
const OURS = json({ limit: '256kb', strict: false, type: 'application/json' });

/** How long a body may take, ms: one that comes a byte now and then keeps a connection from others. */
const PATIENCE = { strangersMs: 10_000, oursMs: 60_000 };

/** How long the rest of a body that nobody wants may keep its connection, ms. */
const DRAIN_MS = 30_000;

/** What the parser throws, said in our codes. */
function fromParser(error: unknown): unknown {
  switch ((error as { type?: string }).type) {
    case 'entity.parse.failed':
    case 'request.aborted':
    case 'request.size.invalid':
      return refused('', 'json');
    case 'entity.too.large':
      return new AppError('too-large', 'body over the limit');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError('unsupported-media', 'encoding or charset');
    default:
      return error;
  }
}

/**
 * Reads a JSON body into `request.body`. The guard calls it once it knows who asks: until then nothing is read.
 * @throws AppError `validation`, `too-large`, `unsupported-media`
 */
export function readJson(request: Request, response: Response, isStranger: boolean): Promise<void> {
  return read(
    isStranger ? STRANGERS : OURS,
    request,
    response,
    isStranger ? PATIENCE.strangersMs : PATIENCE.oursMs,
  );
}

/** Reads what a page without a script sends. @throws AppError as `readJson` */
export async function readForm(request: Request, response: Response): Promise<Record<string, unknown>> {
  await read(FORMS, request, response, PATIENCE.strangersMs);
  return (request.body ?? {}) as Record<string, unknown>;
}

function read(
  parse: typeof STRANGERS,
  request: Request,
  response: Response,
  patienceMs: number,
): Promise<void> {
  const hangUp = setTimeout(() => request.socket.destroy(), patienceMs);
  hangUp.unref();
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      clearTimeout(hangUp);
      if (error) reject(fromParser(error));
      else resolve();
    });
  });
}

/**
 * Reads to its end what was sent with a request that has its answer already: a browser sends the next one on the same
 * connection, where it would wait behind the rest.
 */
export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.unpipe();
  request.removeAllListeners('data');
  request.resume();
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), DRAIN_MS);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}
