/**
 * The one place where documents change: record, index entries, counters and log entry are staged together, after
 * everything that could refuse the change has been checked. Callers run inside one synchronous stretch.
 */
import type { Document } from 'bson';
import { checkDocument } from '../bson/check.ts';
import { changedFields, decode, encode, withLeadingId } from '../bson/raw.ts';
import type { ChangeLog } from '../changelog/log.ts';
import { MongoError } from '../errors.ts';
import type { Index } from '../index/index.ts';
import { isDocument, typeName } from '../values/types.ts';
import type { Catalog, Collection } from './catalog.ts';
import { seal, unseal } from './checksum.ts';
import { diskFull } from './disk-reserve.ts';
import { RECORD_ID_BYTES, recordKey, recordValue } from './keys.ts';
import type { Store, View } from './store.ts';

/** The server's limit for a document; replies and images have some room above it. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

const REFUSED_IDS = new Set(['array', 'regex', 'undefined', 'missing']);

/** A stored document with the record it stands in; decoded when somebody asks. */
export class Found {
  readonly record: number;
  readonly bytes: Buffer;
  #document: Document | undefined;

  constructor(record: number, bytes: Buffer, document?: Document) {
    this.record = record;
    this.bytes = bytes;
    this.#document = document;
  }

  get document(): Document {
    this.#document ??= decode(this.bytes);
    return this.#document;
  }
}

export class Records {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #log: ChangeLog;

  constructor(store: Store, catalog: Catalog, log: ChangeLog) {
    this.#store = store;
    this.#catalog = catalog;
    this.#log = log;
  }

  /** The document of a record, in what the view shows. */
  read(view: View, collection: Collection, record: number): Found | undefined {
    const sealed = view.get(recordKey(collection.id, record));
    return sealed && new Found(record, unseal(sealed));
  }

  /** @throws MongoError 11000, 10334, 53, 171 */
  insert(collection: Collection, received: Buffer): Found {
    checkSize(received);
    checkDocument(received);
    const bytes = withLeadingId(received);
    checkSize(bytes);
    const document = collection.keyFields.decode(bytes);
    const type = typeName(document._id);
    if (REFUSED_IDS.has(type)) throw new MongoError(53, `The '_id' value cannot be of type ${type}`);
    checkId(document._id);
    const record = collection.nextRecord;
    const entries = this.#plan(collection, collection.indexes, document, record);
    collection.nextRecord++;
    this.#store.grow('adds');
    for (const { index, keys } of entries) {
      for (const key of keys) this.#store.add(index.keyOf(key, record), entryValue(index, record));
    }
    this.#store.add(recordKey(collection.id, record), seal(bytes));
    collection.count++;
    collection.bytes += bytes.length;
    this.#finish(collection);
    this.#log.append({
      operation: 'insert',
      db: collection.db,
      collection: collection.name,
      collectionId: collection.id,
      id: document._id,
      // A piece of a file is large and of no news: whoever does follow them is given it as it is when they look.
      ...(!collection.name.endsWith('.chunks') && { after: bytes }),
    });
    return new Found(record, bytes);
  }

  /**
   * Replaces a document by its changed form.
   * @param updateDescription what changed by operators; without it the change is a replacement
   * @throws MongoError 11000, 10334, 171
   */
  update(collection: Collection, found: Found, changed: Document, updateDescription?: Document): Found {
    const { record } = found;
    const bytes = withLeadingId(encode(changed));
    checkSize(bytes);
    checkDocument(bytes);
    this.#store.grow('changes');
    const touched = changedFields(found.bytes, bytes);
    const document = changed;
    const affected = collection.indexes.filter((index) => {
      for (const field of index.fields) if (touched.has(field)) return true;
      return false;
    });
    const entries = this.#plan(collection, affected, document, record);
    const tails = new Map<string, Buffer>();
    for (const { index, keys } of entries) {
      const fresh = new Set(keys.map((key) => key.toString('latin1')));
      for (const key of index.encodedKeys(found.document, tails)) {
        if (!fresh.delete(key.toString('latin1'))) this.#store.remove(index.keyOf(key, record));
      }
      for (const key of keys) {
        if (fresh.has(key.toString('latin1')))
          this.#store.add(index.keyOf(key, record), entryValue(index, record));
      }
    }
    this.#store.put(recordKey(collection.id, record), seal(bytes));
    collection.bytes += bytes.length - found.bytes.length;
    this.#finish(collection);
    const images = collection.keepsImages;
    this.#log.append({
      operation: updateDescription ? 'update' : 'replace',
      db: collection.db,
      collection: collection.name,
      collectionId: collection.id,
      id: found.document._id,
      ...(updateDescription && { updateDescription }),
      ...(images && { before: found.bytes }),
      ...((images || !updateDescription) && { after: bytes }),
    });
    return new Found(record, bytes, document);
  }

  delete(collection: Collection, found: Found): void {
    assertThere(collection);
    const { record } = found;
    for (const index of collection.indexes) {
      for (const key of index.encodedKeys(found.document)) this.#store.remove(index.keyOf(key, record));
    }
    this.#store.remove(recordKey(collection.id, record));
    collection.count--;
    collection.bytes -= found.bytes.length;
    this.#finish(collection);
    this.#log.append({
      operation: 'delete',
      db: collection.db,
      collection: collection.name,
      collectionId: collection.id,
      id: found.document._id,
      ...(collection.keepsImages && { before: found.bytes }),
    });
  }

  /** Gives one existing document its entries in an index that is being built. */
  addToIndex(collection: Collection, index: Index, found: Found): void {
    const [entry] = this.#plan(collection, [index], found.document, found.record);
    for (const key of entry?.keys ?? []) {
      this.#store.put(index.keyOf(key, found.record), entryValue(index, found.record));
    }
  }

  /** All keys a document will have; nothing has been staged when this throws. */
  #plan(collection: Collection, indexes: readonly Index[], document: Document, record: number) {
    assertThere(collection);
    let multikeyChanged = false;
    const tails = new Map<string, Buffer>();
    const entries = indexes.map((index) => {
      const keys = index.encodedKeys(document, tails);
      if (index.spec.unique) {
        for (const key of keys) {
          const holder = this.#store.latest.get(index.keyOf(key, record));
          if (holder && holder.readUIntBE(0, RECORD_ID_BYTES) !== record) {
            throw index.duplicate(collection.namespace, document);
          }
        }
      }
      return { index, keys };
    });
    for (const { index, keys } of entries) {
      if (keys.length === 0) continue;
      for (const field of index.newlyMultikey(document)) {
        index.spec.multikey[field] = true;
        multikeyChanged = true;
      }
    }
    if (multikeyChanged) this.#catalog.save(collection);
    return entries;
  }

  #finish(collection: Collection): void {
    collection.writes++;
    this.#catalog.saveCounters(collection);
  }
}

const EMPTY = Buffer.alloc(0);
const entryValue = (index: Index, record: number): Buffer =>
  index.spec.unique ? recordValue(record) : EMPTY;

function assertThere(collection: Collection): void {
  if (collection.dropped)
    throw new MongoError('QueryPlanKilled', `collection ${collection.namespace} was dropped`);
  // The batch this statement had begun in was refused, and with it what the statement had done so far.
  if (collection.stale) throw diskFull();
}

/** @throws MongoError 52 for an `_id` that reads like an operator */
function checkId(id: unknown): void {
  if (!isDocument(id)) return;
  const [dollar] = Object.keys(id as Document).filter((name) => name.startsWith('$'));
  if (dollar === undefined) return;
  throw new MongoError(
    'DollarPrefixedFieldName',
    `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`,
  );
}

function checkSize(bytes: Buffer): void {
  if (bytes.length <= MAX_DOCUMENT_BYTES) return;
  throw new MongoError(
    'BSONObjectTooLarge',
    `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}`,
  );
}
