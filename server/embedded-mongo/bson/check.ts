import { MongoError, unsupported } from '../errors.ts';
import { decode } from './raw.ts';

/** MongoDB's limit is 180 for what is stored; a reply wraps it a few times. */
const DEEPEST = 200;

const damaged = () => new MongoError(22, 'invalid BSON');

/** Bytes of the types that are always as long: double, id, date, null, int, timestamp, long and the like. */
const FIXED: Record<number, number> = {
  1: 8,
  6: 0,
  7: 12,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  127: 0,
  255: 0,
};

/** A type that is rare and has rules of its own. */
const RARE = Symbol('rare');

/**
 * Makes sure that bytes are one document, in all depths, with texts in UTF-8: what is stored can be decoded. Several
 * times quicker than decoding it.
 * @throws MongoError 22, 238 for a type that this store does not keep, or the codec's own error
 */
export function checkDocument(bytes: Buffer): void {
  try {
    if (documentEnd(bytes, 0, bytes.length, 0) !== bytes.length) throw damaged();
  } catch (error) {
    if (error !== RARE) throw error;
    decode(bytes);
  }
}

function documentEnd(bytes: Buffer, start: number, limit: number, depth: number): number {
  if (start + 5 > limit || depth > DEEPEST) throw damaged();
  const end = start + bytes.readInt32LE(start);
  if (end < start + 5 || end > limit || bytes[end - 1] !== 0) throw damaged();
  const last = end - 1;
  let at = start + 4;
  while (at < last) {
    const type = bytes[at] as number;
    at = textEnd(bytes, at + 1, last);
    at = valueEnd(bytes, type, at, last, depth);
  }
  if (at !== last) throw damaged();
  return end;
}

function valueEnd(bytes: Buffer, type: number, at: number, limit: number, depth: number): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) {
    if (at + fixed > limit) throw damaged();
    return at + fixed;
  }
  switch (type) {
    case 0x02:
      return stringEnd(bytes, at, limit);
    case 0x03:
    case 0x04:
      return documentEnd(bytes, at, limit, depth + 1);
    case 0x08:
      if (at >= limit || (bytes[at] as number) > 1) throw damaged();
      return at + 1;
    case 0x05:
    case 0x0b:
      throw RARE;
    default:
      throw unsupported(`the BSON type ${type}`);
  }
}

function stringEnd(bytes: Buffer, at: number, limit: number): number {
  if (at + 5 > limit) throw damaged();
  const end = at + 4 + bytes.readInt32LE(at);
  if (end < at + 5 || end > limit || bytes[end - 1] !== 0) throw damaged();
  for (let i = at + 4; i < end - 1; ) i = characterEnd(bytes, i, end - 1);
  return end;
}

/** Behind the zero byte of a text that says its own end. */
function textEnd(bytes: Buffer, start: number, limit: number): number {
  let at = start;
  while (at < limit && bytes[at] !== 0) at = characterEnd(bytes, at, limit);
  if (at >= limit) throw damaged();
  return at + 1;
}

/** Where a character of UTF-8 ends. */
function characterEnd(bytes: Buffer, at: number, limit: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return at + 1;
  const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  if (first < 0xc2 || first > 0xf4 || at + more >= limit) throw damaged();
  const second = bytes[at + 1] as number;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) throw damaged();
  for (let i = 2; i <= more; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) throw damaged();
  return at + more + 1;
}
