import { refused } from '../errors/contract-error.ts';

/** The place after which a page goes on: the sort key of its last row. */
export type Keyset = readonly (string | number)[];

/** Packs a place into the opaque text of `next`. */
export function packKeyset(keyset: Keyset): string {
  return Buffer.from(JSON.stringify(keyset)).toString('base64url');
}

/**
 * Reads what `packKeyset` made.
 * @param kinds what each part must be
 * @throws AppError `validation`, reason `cursor`
 */
export function unpackKeyset<const K extends readonly ('string' | 'number')[]>(
  text: string,
  kinds: K,
): { -readonly [P in keyof K]: K[P] extends 'number' ? number : string } {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (
      Array.isArray(parts) &&
      parts.length === kinds.length &&
      parts.every(
        (part, i) => typeof part === kinds[i] && (typeof part !== 'number' || Number.isFinite(part)),
      )
    )
      return parts as never;
  } catch {
    // said below
  }
  throw refused('after', 'cursor');
}
