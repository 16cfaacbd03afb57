import { z } from 'zod';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A UUIDv7 in lower case: sorts by the moment it was made. */
export const IdSchema = z.string().regex(UUID, { error: 'id' });
export type Id = string;

export const isId = (value: string): value is Id => UUID.test(value);

/**
 * Makes a UUIDv7 (RFC 9562) from the Web Crypto generator, which, unlike `randomUUID`, exists on plain-http LAN pages too.
 * @param nowMs milliseconds since 1970; the first 48 bits of the id.
 */
export function newId(nowMs: number = Date.now()): Id {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  let rest = nowMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
