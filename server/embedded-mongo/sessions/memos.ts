/**
 * What a session's newest retryable write answered, statement by statement, written in the same batch as the
 * write itself: a driver that lost the reply sends the statement again and gets the remembered answer.
 * One record a session: a higher transaction number replaces what was remembered of the lower one.
 */
import { Binary, type Document, Long } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';
import { SPACE } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';

/** Sessions kept in memory; older ones are read again from disk. */
const CACHED = 5_000;
/** A driver gives a session up after 30 minutes; its memo may go some time after that. */
const KEEP_MS = 60 * 60 * 1000;
const SWEEP_CHUNK = 1_000;

interface Done {
  from: number;
  to: number;
  result: Document;
}

/** The retryable write that a session is at. */
export class Memo {
  readonly transaction: bigint;
  readonly done: Done[];
  readonly #save: () => void;
  readonly #store: Store;

  constructor(store: Store, key: Buffer, transaction: bigint, done: Done[]) {
    this.#store = store;
    this.transaction = transaction;
    this.done = done;
    this.#save = () => {
      const { transaction, done } = this;
      store.put(key, encode({ transaction: Long.fromBigInt(transaction), at: new Date(), done }));
    };
  }

  /** What the statement answered when it ran, undefined when it did not. */
  resultOf(statement: number): Document | undefined {
    return this.done.find(({ from, to }) => statement >= from && statement <= to)?.result;
  }

  /** Remembers a statement; call it in the same synchronous stretch that staged the write. */
  remember(statement: number, result: Document): void {
    const last = this.done.at(-1);
    // Most statements of a command answer the same: five hundred of them are one line.
    if (last && last.to === statement - 1 && isSame(result, last.result)) last.to = statement;
    else this.done.push({ from: statement, to: statement, result });
    this.#store.beforeFlush(this.#save);
  }
}

/** Two answers of plain numbers; whoever was given a document or an id answers for one statement alone. */
const isSame = (a: Document, b: Document) =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => typeof value === 'number' && b[name] === value);

export class Memos {
  readonly #store: Store;
  readonly #cache = new Map<string, Memo>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * The memo of a session's retryable write.
   * @param session the 16 bytes of `lsid.id`
   * @throws MongoError 225 when the session has moved on
   */
  open(session: Buffer, transaction: bigint): Memo {
    const name = session.toString('latin1');
    const key = Buffer.concat([Buffer.from([SPACE.memos]), session]);
    let memo = this.#cache.get(name) ?? this.#load(key);
    if (memo && memo.transaction > transaction) {
      throw new MongoError(
        'TransactionTooOld',
        `retryable write ${transaction} is older than ${memo.transaction}, which the session has begun`,
      );
    }
    if (!memo || memo.transaction < transaction) memo = new Memo(this.#store, key, transaction, []);
    this.#cache.delete(name);
    this.#cache.set(name, memo);
    if (this.#cache.size > CACHED) this.#cache.delete(this.#cache.keys().next().value as string);
    return memo;
  }

  #load(key: Buffer): Memo | undefined {
    const bytes = this.#store.latest.get(key);
    if (!bytes) return undefined;
    const { transaction, done } = decode(bytes);
    const lines = (done as Document[]).map(({ from, to, result }) => ({
      from: Number(from),
      to: Number(to),
      result,
    }));
    return new Memo(this.#store, key, (transaction as Long).toBigInt(), lines);
  }

  /** Forgets everything that was only decided. */
  reload(): void {
    this.#cache.clear();
  }

  /** Removes memos of sessions that no driver can still use; resumes where the last call stopped. */
  sweep(now = Date.now()): void {
    const low = Buffer.from([SPACE.memos]);
    const cursor = this.#store.durable.range(this.#sweptTo ?? low, Buffer.from([SPACE.memos + 1]));
    let looked = 0;
    this.#sweptTo = undefined;
    for (let entry = cursor.next(); entry; entry = cursor.next()) {
      if (++looked > SWEEP_CHUNK) {
        this.#sweptTo = entry.key;
        break;
      }
      if (now - (decode(entry.value).at as Date).getTime() < KEEP_MS) continue;
      const name = entry.key.subarray(1).toString('latin1');
      this.#cache.delete(name);
      this.#store.remove(entry.key);
    }
    cursor.pause();
  }

  #sweptTo: Buffer | undefined;
}

/** The bytes of an `lsid`. @throws MongoError 2, 207 */
export function sessionBytes(lsid: unknown): Buffer {
  const id = (lsid as Document | undefined)?.id;
  if (!(id instanceof Binary) || id.position !== 16)
    throw new MongoError('InvalidUUID', 'lsid.id must be a UUID');
  return Buffer.from(id.buffer.subarray(0, 16));
}
