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

const SHAPE = /^([0-9a-fA-F]{1,500})\.([0-9a-f]{11})\.([\w-]{1,40}\.[0-9a-f]{0,16})\.([\w-]{22})$/;

/** 11 digits of hex hold every millisecond up to the year 2527, and compare as strings. */
const hex = (boundary: number) => boundary.toString(16).padStart(11, '0');

/**
 * Writes and reads positions (F10). The text begins with the token, so that positions of one room compare as
 * strings; the signature binds it to the room's key, so that it opens nothing but the room it was given for. It names
 * the opening of the store in which it was given: when an older copy of the data was put back, what came after the copy
 * is no past of this data, however well it is signed.
 */
export class Positions {
  constructor(
    private readonly secret: Buffer,
    readonly epoch: string,
    private readonly history: Pick<StoreHistory, 'opening' | 'ended'> | null = null,
  ) {}

  /** @param key the room's canonical filter and scope */
  format(key: string, { token, boundary }: Place): Position {
    const line = `${this.epoch}.${this.history?.opening ?? ''}`;
    const signature = this.#sign(key, token, hex(boundary), line).toString('base64url');
    return `${token}.${hex(boundary)}.${line}.${signature}`;
  }

  /** The place that `position` names in the room of `key`; null when it was not given for this room and epoch. */
  parse(key: string, position: Position): Place | null {
    const match = SHAPE.exec(position);
    if (!match) return null;
    const [, token = '', boundary = '', line = '', signature = ''] = match;
    const [epoch, opening = ''] = line.split('.');
    if (epoch !== this.epoch || !this.#isPast(opening, token)) return null;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#sign(key, token, boundary, line);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return { token, boundary: Number.parseInt(boundary, 16) };
  }

  #isPast(opening: string, token: string): boolean {
    if (opening === (this.history?.opening ?? '')) return true;
    const end = this.history?.ended.get(opening);
    return end !== undefined && token <= end;
  }

  #sign(key: string, token: string, boundary: string, line: string): Buffer {
    return createHmac('sha256', this.secret)
      .update(`${token}\n${boundary}\n${line}\n${key}`)
      .digest()
      .subarray(0, 16);
  }
}
