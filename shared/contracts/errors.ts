import { z } from 'zod';

/**
 * The one list of error codes, for REST and sockets alike. Wording in both languages: `shared/messages/errors.*`.
 * `retry` says whether the same request may succeed later unchanged.
 */
export const ERRORS = {
  validation: { status: 400, retry: false },
  unauthenticated: { status: 401, retry: false },
  forbidden: { status: 403, retry: false },
  'not-found': { status: 404, retry: false },
  method: { status: 405, retry: false },
  conflict: { status: 409, retry: false },
  'too-large': { status: 413, retry: false },
  'unsupported-media': { status: 415, retry: false },
  range: { status: 416, retry: false },
  'rate-limited': { status: 429, retry: true },
  internal: { status: 500, retry: true },
  unavailable: { status: 503, retry: true },
  'insufficient-storage': { status: 507, retry: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** Why one field was refused. `field` is a dotted path into the body; `reason` a stable kebab-case code. */
export const ErrorDetailSchema = z.strictObject({
  field: z.string(),
  reason: z.string(),
  /** Wording for a person, in the language of the request. */
  message: z.string().optional(),
  /** For `parse`: the offending part of the text, in UTF-16 units. */
  position: z.number().int().optional(),
  length: z.number().int().optional(),
  expected: z.array(z.string()).optional(),
  /** Of a file that cannot be read, counted from 1. */
  line: z.number().int().optional(),
  column: z.number().int().optional(),
});
export type ErrorDetail = z.infer<typeof ErrorDetailSchema>;

/** What a failed request or ack carries. */
export const ErrorBodySchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(ERROR_CODES),
    /** For a person, in the language of the request. */
    message: z.string(),
    details: z.array(ErrorDetailSchema).optional(),
    /** Finds the log line of an `internal` error. */
    incident: z.string().optional(),
    /** Seconds, with `rate-limited`. */
    retryAfter: z.number().optional(),
    /** The current state, with `conflict` on a stale `rev`. */
    current: z.unknown().optional(),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBodySchema>;

/** Thrown by services; translated to an `ErrorBody` at the edges only. */
export class AppError extends Error {
  override readonly name = 'AppError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetail[] = [],
    readonly extra: { current?: unknown; retryAfter?: number } = {},
  ) {
    super(message);
  }
}

/** Why the server cut a socket; sent as `session.ended` before it closes. */
export const CUT_REASONS = ['slow', 'revoked', 'reload'] as const;
export type CutReason = (typeof CUT_REASONS)[number];
