/**
 * The layout of the one ordered key space:
 *
 *   0x01 text                                  catalog, counters, settings of the store
 *   0x02 collection:4 record:6                 crc:4, raw BSON of the document
 *   0x03 index:4 encoded values [record:6]     empty; in a unique index the record stands in the value
 *   0x04 cluster time:8                        one change (see changelog/entry.ts)
 *   0x05 session:16                            what a session's newest retryable write answered
 */
export const SPACE = { meta: 1, records: 2, index: 3, log: 4, memos: 5 } as const;

export const RECORD_ID_BYTES = 6;
/** LMDB's limit is 1,978 bytes at its page size of 4 KiB; encoded values are cut and hashed before they reach it. */
export const MAX_KEY_BYTES = 1978;

export function metaKey(text: string): Buffer {
  const key = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  key[0] = SPACE.meta;
  key.write(text, 1);
  return key;
}

/** Says the layout's version; a store that has anything has it. */
export const FORMAT_KEY = metaKey('format');
/** Holds the sum of the weights of all other entries (see tally.ts). */
export const TALLY_KEY = metaKey('tally');

export function recordKey(collection: number, record: number): Buffer {
  const key = Buffer.allocUnsafe(11);
  key[0] = SPACE.records;
  key.writeUInt32BE(collection, 1);
  key.writeUIntBE(record, 5, RECORD_ID_BYTES);
  return key;
}

export const recordOfKey = (key: Buffer): number => key.readUIntBE(5, RECORD_ID_BYTES);

/** The prefix of all keys of one index, or of one collection's records. */
export function prefixKey(space: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key[0] = space;
  key.writeUInt32BE(id, 1);
  return key;
}

/** An index key; with a record it is the key of a non-unique index. */
export function indexKey(index: number, encoded: Uint8Array, record?: number): Buffer {
  const tail = record === undefined ? 0 : RECORD_ID_BYTES;
  const key = Buffer.allocUnsafe(5 + encoded.length + tail);
  key[0] = SPACE.index;
  key.writeUInt32BE(index, 1);
  key.set(encoded, 5);
  if (record !== undefined) key.writeUIntBE(record, 5 + encoded.length, RECORD_ID_BYTES);
  return key;
}

export function recordValue(record: number): Buffer {
  const value = Buffer.allocUnsafe(RECORD_ID_BYTES);
  value.writeUIntBE(record, 0, RECORD_ID_BYTES);
  return value;
}

export function logKey(clusterTime: bigint): Buffer {
  const key = Buffer.allocUnsafe(9);
  key[0] = SPACE.log;
  key.writeBigUInt64BE(clusterTime, 1);
  return key;
}

export const clusterTimeOfKey = (key: Buffer): bigint => key.readBigUInt64BE(1);

/** The first key after all keys that start with the given bytes. */
export function successor(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0xff) end--;
  const next = Buffer.from(bytes.subarray(0, end));
  if (end > 0) next[end - 1] = (next[end - 1] as number) + 1;
  return next;
}
