/**
 * A store written anew, entry by entry, into another directory. What was removed from it is in no byte of the new file:
 * not in free pages, not in the rest of used ones, not in the change log, nor among the answers that are remembered for
 * commands that come twice. The place in the log is kept, so that whoever has followed it to its end goes on, and the new
 * file is sealed: no copy of an older past, but the same data.
 */
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { inspect } from './storage/inspect.ts';
import { clusterTimeOfKey, metaKey, SPACE, TALLY_KEY } from './storage/keys.ts';
import { lockDirectory } from './storage/lock.ts';
import { DATA_FILE, SEAL_FILE, Store } from './storage/store.ts';
import { weightOf } from './storage/tally.ts';

/** Bytes that are gathered before they are committed. */
const BATCH_BYTES = 8 * 1024 * 1024;
const LOG_KEY = metaKey('log');
const LEFT_OUT: readonly (number | undefined)[] = [SPACE.log, SPACE.memos];

type Environment = RootDatabase<Buffer, Buffer>;

/**
 * Writes the store of `directory`, which nobody may have open, into the directory `target`, which is made.
 * @throws DamagedStoreError, StoreInUseError, file system errors
 */
export async function rewriteStore(directory: string, target: string): Promise<void> {
  const lock = await lockDirectory(directory);
  try {
    const path = join(directory, DATA_FILE);
    inspect(path, join(directory, SEAL_FILE));
    const options = { noSubdir: true, keyEncoding: 'binary', encoding: 'binary', cache: false } as const;
    const from = open<Buffer, Buffer>({ ...options, path, readOnly: true });
    const to = open<Buffer, Buffer>({ ...options, path: join(target, DATA_FILE) });
    try {
      await copy(from, to);
    } finally {
      await to.close();
      await from.close();
    }
  } finally {
    await lock.release();
  }
  // Its first opening walks over every page, and compares what it finds with the tally.
  await Store.open(target).close();
}

async function copy(from: Environment, to: Environment): Promise<void> {
  let [tally, bytes, last] = [0, 0, 0n];
  const put = async (key: Buffer, value: Buffer) => {
    tally = (tally + weightOf(key, value)) >>> 0;
    bytes += key.length + value.length;
    const written = to.put(key, value);
    if (bytes < BATCH_BYTES) return;
    bytes = 0;
    await written;
  };
  for (const { key, value } of from.getRange({})) {
    if (key[0] === SPACE.log) last = clusterTimeOfKey(key);
    if (LEFT_OUT.includes(key[0]) || key.equals(TALLY_KEY) || key.equals(LOG_KEY)) continue;
    await put(Buffer.from(key), Buffer.from(value));
  }
  await put(LOG_KEY, emptyLog(last, from.get(LOG_KEY)));
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(tally);
  await to.put(TALLY_KEY, sum);
  await to.flushed;
}

/** As the log counts itself (`changelog/log.ts`): no entries, no bytes, and everything up to `last` is gone. */
function emptyLog(last: bigint, was: Buffer | undefined): Buffer {
  const counters = Buffer.alloc(24);
  counters.writeBigUInt64BE(last || (was?.readBigUInt64BE(16) ?? 0n), 16);
  return counters;
}
