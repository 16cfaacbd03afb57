import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Position } from '@svodka/shared/feed/feed';
import type { StoreHistory } from '../platform/mongo/store-history.ts';

/** A place in the change log, and the bounds that the room had there. */
export type Place = {
  /** `_data` of the change's resume token: hex, rising as a string. */
  token: string;
  /** Start of validity of the room's resolved bounds, ms since 1970; 0 when no bound moves by the clock. */
  boundary: number;
};

const SHAPE =
  /^([0-9a-fA-F]{1,400})\.([0-9a-f]{11})\.([\w-]{1,40}\.[0-9a-f]{0,16})\.([\w-]{22})\.([\w-]{22})$/;
/** Signatures that are kept: rooms stand at few tokens at a time. */
const KEPT = 1_000;

/** 11 digits of hex hold every millisecond up to the year 2527, and compare as strings. */
const hex = (boundary: number) => boundary.toString(16).padStart(11, '0');

/**
 * Writes and reads positions (F10). The text begins with the token, so that positions of one room compare as strings,
 * and names the room, so that one that strays into another is noticed. It gives no rights: whoever goes on from it gets
 * what they may see now. So the signature says no more than that this place in the log was once told to somebody, and is
 * the same for all rooms, made once for all that is sent there. The opening of the store in which it was given stands
 * beside it: when an older copy of the data was put back, what came after the copy is no past of this data, however well
 * it is signed.
 */
export class Positions {
  readonly #signatures = new Map<string, string>();

  constructor(
    private readonly secret: Buffer,
    readonly epoch: string,
    private readonly history: Pick<StoreHistory, 'opening' | 'ended'> | null = null,
  ) {}

  /** @param room the room's id: a hash of its canonical filter and scope */
  format(room: string, { token, boundary }: Place): Position {
    const line = `${this.epoch}.${this.history?.opening ?? ''}`;
    return `${token}.${hex(boundary)}.${line}.${room}.${this.#signatureOf(token, line)}`;
  }

  /** The place that `position` names in a room; null when it was not given for this room and epoch. */
  parse(room: string, position: Position): Place | null {
    const match = SHAPE.exec(position);
    if (!match) return null;
    const [, token = '', boundary = '', line = '', named = '', signature = ''] = match;
    const [epoch, opening = ''] = line.split('.');
    if (named !== room || epoch !== this.epoch || !this.#isPast(opening, token)) return null;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#sign(token, line);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return { token, boundary: Number.parseInt(boundary, 16) };
  }

  #isPast(opening: string, token: string): boolean {
    if (opening === (this.history?.opening ?? '')) return true;
    const end = this.history?.ended.get(opening);
    return end !== undefined && token <= end;
  }

  #signatureOf(token: string, line: string): string {
    const known = this.#signatures.get(token);
    if (known) return known;
    const signature = this.#sign(token, line).toString('base64url');
    if (this.#signatures.size >= KEPT) this.#signatures.clear();
    this.#signatures.set(token, signature);
    return signature;
  }

  #sign(token: string, line: string): Buffer {
    return createHmac('sha256', this.secret).update(`${token}\n${line}`).digest().subarray(0, 16);
  }
}
