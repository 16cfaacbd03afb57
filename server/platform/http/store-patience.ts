import { AppError } from '@svodka/shared/contracts/errors';
import type { Connection } from 'mongoose';
import { toErrorBody } from '../errors/error-body.ts';
import type { Logger } from '../logger/logger.ts';
import { localeOf, type Request, type Response } from './request.ts';

/** A store that has answered no heartbeat for so long is silent, ms; they go out once a second. */
const SILENT_MS = 3_500;
/** A request waits at least so long for a silent store: it may be about to speak. */
const LEAST_MS = 500;
const LOOK_MS = 250;
/** Answers by itself, in less time, and says which part is away. */
const READINESS = '/ready';

/**
 * Refuses requests that wait for a store that says nothing: within five seconds of its falling silent, with 503, which
 * may be repeated. A store that is merely slow still answers heartbeats, and its requests are waited for. While this
 * process itself stood still (a busy machine, or one that slept) it could hear none: that time does not count.
 */
export function storePatience(connection: Connection, logger: Logger) {
  let heardAt = performance.now();
  let lookedAt = heardAt;
  connection.getClient().on('serverHeartbeatSucceeded', () => {
    heardAt = performance.now();
  });
  return (request: Request, response: Response, next: () => void): void => {
    if (request.path === READINESS) {
      next();
      return;
    }
    const cameAt = performance.now();
    lookedAt = cameAt;
    const look = setInterval(() => {
      const now = performance.now();
      const stoodStill = Math.max(0, now - lookedAt - LOOK_MS);
      heardAt = Math.min(now, heardAt + stoodStill);
      lookedAt = now;
      if (now - heardAt < SILENT_MS || now - cameAt < LEAST_MS) return;
      clearInterval(look);
      if (response.headersSent) return;
      const error = new AppError('unavailable', 'the store is silent');
      const { status, body } = toErrorBody(error, localeOf(request), logger);
      response.status(status).json(body);
    }, LOOK_MS);
    look.unref();
    response.once('close', () => clearInterval(look));
    next();
  };
}
