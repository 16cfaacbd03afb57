import { z } from 'zod';

// Calls as telephone systems tell of them: by webhook, and in files of call detail records.

export const CALL_LIMITS = {
  /** A webhook's body. */
  hookBytes: 64 * 1024,
  /** How far the time of a signature may be from ours, ms. */
  hookWindowMs: 5 * 60_000,
  /** A file of call detail records. */
  bytes: 64 * 1024 * 1024,
  rows: 200_000,
  faults: 200,
} as const;

/** `t=1732700000,v1=5f…`: seconds, and HMAC-SHA256 of `t.body` in hex. */
export const SIGNATURE_HEADER = 'x-svodka-signature';

/** One record, its fields by the names that the telephone system has for them; flat. */
export const CallRecordSchema = z
  .record(z.string().min(1).max(60), z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]))
  .refine((record) => Object.keys(record).length <= 80, { error: 'too-many-fields' });
export type CallRecord = z.infer<typeof CallRecordSchema>;
