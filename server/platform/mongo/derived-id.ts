import { createHash } from 'node:crypto';
import type { Id } from '@svodka/shared/contracts/id';

/**
 * An id in the form of a UUIDv7 whose bits follow from what it stands for: the same thing, made again after a crash or
 * by another node, gets the same id, and the second insert fails as a duplicate.
 * @param at its first 48 bits; must follow from the key's thing, not from the moment of the making
 * @param parts what the id stands for; no part may contain a line break
 */
export function derivedId(at: Date, ...parts: string[]): Id {
  const hash = createHash('sha256').update(parts.join('\n')).digest();
  const ms = Math.min(Math.max(at.getTime(), 0), 2 ** 48 - 1);
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(ms, 0, 6);
  hash.copy(bytes, 6, 0, 10);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Where something is kept whose id, chosen by a person, is taken by what this person may not see: to refuse would tell
 * that it is there. Follows from both, so that a repetition finds it.
 */
export function idAside(given: Id, actorId: Id): Id {
  return derivedId(momentOfId(given), 'aside', actorId, given);
}

/** The moment in an id's first 48 bits. */
export function momentOfId(id: Id): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
