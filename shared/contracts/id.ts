import { z } from 'zod';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A UUIDv7 in lower case: sorts by the moment it was made. */
export const IdSchema = z.string().regex(UUID, { error: 'id' });
export type Id = string;

export const isId = (value: string): value is Id => UUID.test(value);

/** Random bytes are drawn for many ids at once: one call of the generator costs more than all the rest of an id. */
const DRAWN = 4_096;
const RANDOM_BYTES = 10;
const drawn = new Uint8Array(DRAWN);
let used = DRAWN;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Makes a UUIDv7 (RFC 9562) from the Web Crypto generator, which, unlike `randomUUID`, exists on plain-http LAN pages too.
 * @param nowMs milliseconds since 1970; the first 48 bits of the id.
 */
export function newId(nowMs: number = Date.now()): Id {
  if (used + RANDOM_BYTES > DRAWN) {
    globalThis.crypto.getRandomValues(drawn);
    used = 0;
  }
  const hex = (at: number, kept = 0xff, set = 0) => HEX[((drawn[used + at] ?? 0) & kept) | set];
  const time = Math.trunc(nowMs).toString(16).padStart(12, '0');
  const id =
    `${time.slice(0, 8)}-${time.slice(8)}-${hex(0, 0x0f, 0x70)}${hex(1)}-${hex(2, 0x3f, 0x80)}${hex(3)}-` +
    `${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}`;
  used += RANDOM_BYTES;
  return id;
}
