import { createHmac, timingSafeEqual } from 'node:crypto';

/** `t=…,v1=…` over these bytes. */
export const signatureOf = (secret: string, t: number, body: Buffer): string =>
  createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');

export type Signature = { t: number; v1: string };

/** Null: no signature of ours. */
export function readSignature(header: unknown): Signature | null {
  const read = typeof header === 'string' ? /^t=(\d{9,11}),\s*v1=([0-9a-f]{64})$/.exec(header.trim()) : null;
  return read ? { t: Number(read[1]), v1: read[2] ?? '' } : null;
}

/** In the same time for every wrong one. */
export const isSignedBy = (secret: string, { t, v1 }: Signature, body: Buffer): boolean =>
  timingSafeEqual(Buffer.from(signatureOf(secret, t, body), 'hex'), Buffer.from(v1, 'hex'));
