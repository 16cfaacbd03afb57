import { type Document, Timestamp } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import { seal, unseal } from '../storage/checksum.ts';

/** What happened; names follow the `operationType` of change events. */
export type Operation = 'insert' | 'update' | 'replace' | 'delete' | 'drop' | 'dropDatabase';

/** One change as the log keeps it. Images are raw BSON. */
export interface LogEntry {
  clusterTime: bigint;
  wallTime: Date;
  operation: Operation;
  db: string;
  /** Empty for `dropDatabase`. */
  collection: string;
  /** Numeric id of the collection: a dropped and remade collection of the same name is another one. */
  collectionId: number;
  id?: unknown;
  updateDescription?: Document;
  before?: Buffer;
  after?: Buffer;
}

export type NewEntry = Omit<LogEntry, 'clusterTime' | 'wallTime'>;

/** Checksum, length and bytes of the description, length and bytes of the pre-image, bytes of the post-image. */
export function encodeEntry(entry: NewEntry, wallTime: Date): Buffer {
  const { before, after, ...description } = entry;
  const head = encode({ ...description, wallTime });
  const lengths = [Buffer.alloc(4), Buffer.alloc(4)] as const;
  lengths[0].writeUInt32LE(head.length);
  lengths[1].writeUInt32LE(before?.length ?? 0);
  return seal(lengths[0], head, lengths[1], before ?? Buffer.alloc(0), after ?? Buffer.alloc(0));
}

/**
 * What `decodeEntry` would read out of an encoded entry, by the one that it was made of. The images are the encoded
 * bytes: those that came may be part of a message of many megabytes.
 */
export function entryIn(value: Buffer, made: NewEntry, clusterTime: bigint, wallTime: Date): LogEntry {
  const entry = { ...made, clusterTime, wallTime };
  const beforeEnd = value.length - (made.after?.length ?? 0);
  if (made.before) entry.before = value.subarray(beforeEnd - made.before.length, beforeEnd);
  if (made.after) entry.after = value.subarray(beforeEnd);
  return entry;
}

/** @throws DamagedStoreError */
export function decodeEntry(clusterTime: bigint, value: Buffer): LogEntry {
  const content = unseal(value);
  const headEnd = 4 + content.readUInt32LE(0);
  const head = decode(content.subarray(4, headEnd));
  const beforeLength = content.readUInt32LE(headEnd);
  const beforeEnd = headEnd + 4 + beforeLength;
  const entry = { ...head, collectionId: Number(head.collectionId), clusterTime } as LogEntry;
  if (beforeLength > 0) entry.before = content.subarray(headEnd + 4, beforeEnd);
  if (beforeEnd < content.length) entry.after = content.subarray(beforeEnd);
  return entry;
}

/** Cluster time as the protocol shows it: seconds in the high half, a counter in the low one. */
export const timestampOf = (clusterTime: bigint): Timestamp => new Timestamp(clusterTime);
export const clusterTimeOf = (timestamp: Timestamp): bigint =>
  (BigInt(timestamp.high >>> 0) << 32n) | BigInt(timestamp.low >>> 0);
