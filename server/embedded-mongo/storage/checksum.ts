import { crc32 } from 'node:zlib';
import { DamagedStoreError } from './damage.ts';

const BYTES = 4;

/** A value with its checksum in front, so that a flipped bit on the disk is refused and never handed out. */
export function seal(...parts: readonly Uint8Array[]): Buffer {
  let size = BYTES;
  for (const part of parts) size += part.length;
  const sealed = Buffer.allocUnsafe(size);
  let at = BYTES;
  for (const part of parts) {
    sealed.set(part, at);
    at += part.length;
  }
  sealed.writeUInt32LE(crc32(sealed.subarray(BYTES)), 0);
  return sealed;
}

/** @throws DamagedStoreError when the bytes are not those that were sealed */
export function unseal(sealed: Buffer): Buffer {
  const content = sealed.subarray(BYTES);
  if (sealed.length < BYTES || crc32(content) !== sealed.readUInt32LE(0)) {
    throw new DamagedStoreError('a stored document does not match its checksum; restore a backup');
  }
  return content;
}
