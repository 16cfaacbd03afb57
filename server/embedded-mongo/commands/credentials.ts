/** What a store on the loopback interface keeps of its one user's password. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

export const USER = 'store';
export const MECHANISM = 'SCRAM-SHA-256';
/** The least that drivers accept; the password is 256 random bits and needs no stretching. */
export const ITERATIONS = 4096;

export const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

/** A password for `Credentials`: letters and digits, fit for a connection string. */
export const newPassword = (): string => randomBytes(32).toString('hex');

/** What the server keeps of a password. */
export class Credentials {
  readonly salt = randomBytes(24);
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;

  constructor(password: string) {
    const salted = pbkdf2Sync(password, this.salt, ITERATIONS, 32, 'sha256');
    this.storedKey = sha256(hmac(salted, 'Client Key'));
    this.serverKey = hmac(salted, 'Server Key');
  }
}

/** A conversation between its first and its last message. */
export interface Conversation {
  clientFirst: string;
  serverFirst: string;
  nonce: string;
  skipEmptyExchange: boolean;
  verified: boolean;
}
