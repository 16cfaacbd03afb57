import type { Locale } from '@svodka/shared/contracts/common';
import {
  AppError,
  ERRORS,
  type ErrorBody,
  type ErrorCode,
  type ErrorDetail,
} from '@svodka/shared/contracts/errors';
import { newId } from '@svodka/shared/contracts/id';
import type { Reason } from '@svodka/shared/contracts/issues';
import { isMessageKey, type MessageKey, translate } from '@svodka/shared/messages/catalogue';
import type { Logger } from '../logger/logger.ts';
import { translateDriverError } from './translate-driver-error.ts';

const CODE_BY_STATUS = new Map<number, ErrorCode>(
  Object.entries(ERRORS).map(([code, { status }]) => [status, code as ErrorCode]),
);

/** Errors that carry an http status, as the framework and its parsers throw them. */
function fromStatus(error: unknown): AppError | undefined {
  const { status, getStatus } = (error ?? {}) as { status?: number; getStatus?: () => number };
  const known = typeof getStatus === 'function' ? getStatus.call(error) : status;
  const code = known === undefined ? undefined : CODE_BY_STATUS.get(known);
  return code && code !== 'internal' ? new AppError(code, (error as Error).message) : undefined;
}

function describe(detail: Reason, locale: Locale): ErrorDetail {
  const { params, say, ...rest } = detail;
  // What is named in kopecks was sent by a program: forms read sums themselves.
  const isKopecks = detail.reason === 'money' && detail.field.endsWith('Kop');
  const key = isKopecks ? 'reason.kopecks' : `reason.${detail.reason}`;
  const words = say?.(locale) ?? (isMessageKey(key) ? translate(locale, key, params) : undefined);
  return { ...rest, message: detail.message ?? words };
}

/** Why something was refused, for whoever reads it later, in whatever language. */
export type KeptReason = { key: string; params: Record<string, string | number> };

/** What is wrong first, to be kept; its words are `wordsOfReason`. */
export function reasonToKeep(error: AppError): KeptReason {
  const [detail] = error.details as Reason[];
  const key = `reason.${detail?.reason}`;
  if (isMessageKey(key)) return { key, params: detail?.params ?? {} };
  return { key: keyOf(error), params: { seconds: error.extra.retryAfter ?? 1 } };
}

/** Undefined: there are no such words, or not any more. */
export const wordsOfReason = ({ key, params }: KeptReason, locale: Locale): string | undefined =>
  isMessageKey(key) ? translate(locale, key, params) : undefined;

/** Wording of one kind of a code, for example `error.sign-in`: AppError messages name it as `#sign-in`. */
function keyOf(error: AppError): MessageKey {
  const named = error.message.startsWith('#') ? `error.${error.message.slice(1)}` : '';
  return isMessageKey(named) ? named : `error.${error.code}`;
}

/**
 * What the one who asked is told, whatever was thrown: the envelope of the contract in their language. What nobody
 * foresaw becomes `internal` with an incident id, and the log gets the rest under that id. Used by the REST filter
 * and by the gateways' filter.
 */
export function toErrorBody(
  thrown: unknown,
  locale: Locale,
  logger: Logger,
): { status: number; body: ErrorBody; code: ErrorCode } {
  const error = thrown instanceof AppError ? thrown : (translateDriverError(thrown) ?? fromStatus(thrown));
  if (!error || error.code === 'internal') {
    const incident = newId();
    logger.error('unforeseen error', { incident, err: thrown });
    const message = translate(locale, 'error.internal', { incident });
    return { status: 500, code: 'internal', body: { error: { code: 'internal', message, incident } } };
  }
  const { code, details, extra } = error;
  const seconds = extra.retryAfter ?? 1;
  return {
    status: ERRORS[code].status,
    code,
    body: {
      error: {
        code,
        message: translate(locale, keyOf(error), { seconds }),
        ...(details.length > 0 && { details: details.map((detail) => describe(detail, locale)) }),
        ...(code === 'rate-limited' && { retryAfter: seconds }),
        ...(extra.current !== undefined && { current: extra.current }),
      },
    },
  };
}
