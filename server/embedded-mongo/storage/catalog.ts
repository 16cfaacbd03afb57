/**
 * What databases, collections and indexes there are. The catalog lives in memory and is written through the
 * store's batches, so that a change of it and the data that needs it become durable together. Names of what was
 * dropped stay behind as garbage notes until their keys have been purged (see purge.ts).
 */
import { type Document, UUID } from 'bson';
import { decode, encode, FieldPicker } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';
import { Index, type IndexSpec } from '../index/index.ts';
import { DamagedStoreError } from './damage.ts';
import {
  FORMAT_KEY,
  metaKey,
  prefixKey,
  RECORD_ID_BYTES,
  recordKey,
  recordOfKey,
  SPACE,
  successor,
} from './keys.ts';
import type { Store } from './store.ts';

/** Raised when the layout changes in a way that older programs cannot read. */
const FORMAT = 2;
/** Has no tally; a walk at its first opening makes one. */
const FIRST_FORMAT = 1;

export class UnsupportedFormatError extends Error {
  override name = 'UnsupportedFormatError';
}

export interface CollectionOptions {
  changeStreamPreAndPostImages?: { enabled: boolean };
  /** Options that are stored and answered but change nothing here (comment-like, `validationLevel` …). */
  [option: string]: unknown;
}

/** One collection: its indexes, its counters. */
export class Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  readonly uuid: UUID;
  options: CollectionOptions;
  #indexes!: Index[];
  /** Picks what the keys of all indexes are made of. */
  keyFields!: FieldPicker;
  nextRecord = 1;
  count = 0;
  bytes = 0;
  /** Rises with each change of a document: a plan that paused knows whether it must look again. */
  writes = 0;
  /** Nothing may be written to it any more: it is gone. */
  dropped = false;
  /** The catalog was read anew and has another object for it. */
  stale = false;

  constructor(
    id: number,
    db: string,
    name: string,
    uuid: UUID,
    options: CollectionOptions,
    indexes: Index[],
  ) {
    this.id = id;
    this.db = db;
    this.name = name;
    this.uuid = uuid;
    this.options = options;
    this.indexes = indexes;
  }

  get namespace(): string {
    return `${this.db}.${this.name}`;
  }

  get keepsImages(): boolean {
    return this.options.changeStreamPreAndPostImages?.enabled === true;
  }

  get indexes(): readonly Index[] {
    return this.#indexes;
  }

  set indexes(indexes: Index[]) {
    this.#indexes = indexes;
    this.keyFields = new FieldPicker(new Set(indexes.flatMap(({ fields }) => [...fields])));
  }

  get idIndex(): Index {
    return this.indexes[0] as Index;
  }
}

export class Catalog {
  readonly #store: Store;
  #collections = new Map<string, Map<string, Collection>>();
  #nextId = 1;
  /** @throws UnsupportedFormatError, DamagedStoreError */
  constructor(store: Store) {
    this.#store = store;
    this.reload();
  }

  /** Reads everything from disk, dropping what was only decided. */
  reload(): void {
    const view = this.#store.durable;
    const format = view.get(FORMAT_KEY);
    if (!format && this.#store.durable.range(Buffer.from([0]), Buffer.from([0xff])).next())
      throw new DamagedStoreError('the store does not say its format');
    const version = format ? Number(decode(format).version) : FIRST_FORMAT;
    if (version !== FORMAT && version !== FIRST_FORMAT)
      throw new UnsupportedFormatError(
        `the store was written in format ${version}, this program reads format ${FORMAT}`,
      );
    if (version !== FORMAT)
      this.#store.put(FORMAT_KEY, encode({ ...(format && decode(format)), version: FORMAT }));
    this.#nextId = Number(decode(view.get(metaKey('ids')) ?? encode({ next: 1 })).next);
    for (const collection of this.all()) collection.stale = true;
    this.#collections = new Map();
    const prefix = metaKey('c:');
    const cursor = view.range(prefix, successor(prefix));
    for (let entry = cursor.next(); entry; entry = cursor.next()) this.#load(decode(entry.value));
    cursor.pause();
  }

  #load(stored: Document): void {
    const id = Number(stored.id);
    const indexes = (stored.indexes as Document[]).map(
      (spec) => new Index({ ...(spec as IndexSpec), id: Number(spec.id), ...numbersOf(spec) }),
    );
    const collection = new Collection(
      id,
      stored.db,
      stored.name,
      stored.uuid as UUID,
      stored.options,
      indexes,
    );
    const counters = this.#store.durable.get(metaKey(`n:${id}`));
    if (counters) {
      collection.count = counters.readDoubleBE(0);
      collection.bytes = counters.readDoubleBE(8);
    }
    const records = prefixKey(SPACE.records, id);
    const last = this.#store.durable.range(records, successor(records), true);
    const newest = last.next();
    last.pause();
    if (newest) collection.nextRecord = recordOfKey(newest.key) + 1;
    this.#remember(collection);
  }

  #remember(collection: Collection): void {
    const names = this.#collections.get(collection.db) ?? new Map<string, Collection>();
    names.set(collection.name, collection);
    this.#collections.set(collection.db, names);
  }

  collections(db: string): Collection[] {
    return [...(this.#collections.get(db)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  *all(): Iterable<Collection> {
    for (const names of this.#collections.values()) yield* names.values();
  }

  find(db: string, name: string): Collection | undefined {
    return this.#collections.get(db)?.get(name);
  }

  /** The collection, made with its `_id` index when it is not there yet. */
  ensure(
    db: string,
    name: string,
    options: CollectionOptions = {},
  ): { collection: Collection; created: boolean } {
    const known = this.find(db, name);
    if (known) return { collection: known, created: false };
    checkNamespace(db, name);
    const idIndex = new Index({
      id: this.#takeId(),
      name: '_id_',
      key: { _id: 1 },
      unique: true,
      multikey: [false],
      ready: true,
    });
    const collection = new Collection(this.#takeId(), db, name, new UUID(), options, [idIndex]);
    this.#remember(collection);
    this.save(collection);
    return { collection, created: true };
  }

  addIndex(collection: Collection, spec: Omit<IndexSpec, 'id'>): Index {
    const index = new Index({ ...spec, id: this.#takeId() });
    collection.indexes = [...collection.indexes, index];
    this.save(collection);
    return index;
  }

  dropIndex(collection: Collection, index: Index): void {
    collection.indexes = collection.indexes.filter((other) => other !== index);
    this.#discard(SPACE.index, index.spec.id);
    this.save(collection);
  }

  drop(collection: Collection): void {
    const names = this.#collections.get(collection.db);
    if (names?.get(collection.name) !== collection) return;
    names.delete(collection.name);
    collection.dropped = true;
    if (names.size === 0) this.#collections.delete(collection.db);
    this.#store.remove(this.#keyOf(collection));
    this.#store.remove(metaKey(`n:${collection.id}`));
    this.#discard(SPACE.records, collection.id);
    for (const index of collection.indexes) this.#discard(SPACE.index, index.spec.id);
  }

  save(collection: Collection): void {
    const { id, db, name, uuid, options } = collection;
    const indexes = collection.indexes.map((index) => index.spec);
    this.#store.put(this.#keyOf(collection), encode({ id, db, name, uuid, options, indexes }));
  }

  /** Puts a collection's counters into the batch that carries the change. */
  saveCounters = (collection: Collection): void => {
    this.#store.beforeFlush(this.#counterWriter(collection));
  };

  #counterWriters = new WeakMap<Collection, () => void>();
  #counterWriter(collection: Collection): () => void {
    let writer = this.#counterWriters.get(collection);
    if (!writer) {
      writer = () => {
        if (this.find(collection.db, collection.name) !== collection) return;
        const counters = Buffer.allocUnsafe(16);
        counters.writeDoubleBE(collection.count, 0);
        counters.writeDoubleBE(collection.bytes, 8);
        this.#store.put(metaKey(`n:${collection.id}`), counters);
      };
      this.#counterWriters.set(collection, writer);
    }
    return writer;
  }

  #keyOf(collection: Collection): Buffer {
    return metaKey(`c:${collection.db}\0${collection.name}`);
  }

  #takeId(): number {
    const id = this.#nextId++;
    this.#store.put(metaKey('ids'), encode({ next: this.#nextId }));
    return id;
  }

  #discard(space: number, id: number): void {
    this.#store.put(metaKey(`g:${space}:${id}`), Buffer.from([space]));
  }
}

function numbersOf(spec: Document): Partial<IndexSpec> {
  return spec.expireAfterSeconds === undefined ? {} : { expireAfterSeconds: Number(spec.expireAfterSeconds) };
}

/** @throws MongoError 73 */
export function checkNamespace(db: string, name: string): void {
  if (!/^[^/\\. "$*<>:|?\0]{1,63}$/.test(db)) {
    throw new MongoError('InvalidNamespace', `invalid database name: '${db}'`);
  }
  if (
    name === '' ||
    name.includes('\0') ||
    name.includes('$') ||
    name.startsWith('.') ||
    name.endsWith('.')
  ) {
    throw new MongoError('InvalidNamespace', `invalid collection name: '${name}'`);
  }
  if (name.startsWith('system.')) {
    throw new MongoError('InvalidNamespace', `cannot write to '${db}.${name}'`);
  }
  if (Buffer.byteLength(`${db}.${name}`) > 255) {
    throw new MongoError('InvalidNamespace', 'the namespace is longer than 255 bytes');
  }
}

/** Range of a collection's records. */
export function recordsOf(collection: Collection): { low: Buffer; high: Buffer } {
  const low = recordKey(collection.id, 0);
  return { low, high: successor(low.subarray(0, low.length - RECORD_ID_BYTES)) };
}
