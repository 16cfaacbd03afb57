import { crc32 } from 'node:zlib';

/** Below this many bytes a table in JavaScript beats the call into native code. */
const SHORT = 48;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function checksum(bytes: Uint8Array, crc: number): number {
  if (bytes.length > SHORT) return crc32(bytes, crc);
  let rest = ~crc;
  for (let i = 0; i < bytes.length; i++)
    rest = (TABLE[(rest ^ (bytes[i] as number)) & 0xff] as number) ^ (rest >>> 8);
  return ~rest >>> 0;
}

/**
 * What one entry adds to the tally of the whole store: a number over key and value. The multiplications take away the
 * linearity of the checksum, by which two values that changed places could cancel each other.
 */
export function weightOf(key: Uint8Array, value: Uint8Array): number {
  let hash = checksum(value, checksum(key, 0)) ^ Math.imul(value.length, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
