import { createHash, randomBytes } from 'node:crypto';

/** What only its bearer knows: 256 random bits, base64url, or fewer bytes of them. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** What is kept of it, sha256: a copy of the database opens nothing. */
export const hashOfSecret = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');
