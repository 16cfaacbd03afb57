import { refused } from '../errors/contract-error.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** The Idempotency-Key header as a client may choose it; undefined: no header. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header !== undefined && !KEY.test(header)) throw refused('Idempotency-Key', 'form');
  return header;
}
