// Takes the mentions of somebody out of what is not theirs: a phone in a note of another order, a name in a rule.
import type { Document } from 'bson';
import type { Connection, mongo } from 'mongoose';
import { TablesRepository } from '../sources/tables/tables.repository.ts';
import { ERASED, type Identifiers } from './identifiers.ts';

/**
 * Left alone. The access log is a chain of codes and ids that nothing may alter (`audit/SPEC.md`); pieces of files are
 * their owners'; words go when nothing has them any more; and whoever works here is no customer.
 */
const UNTOUCHED =
  /^(audit|words|users|sessions|attachments\.(chunks|thumbnails)|(importFiles|tableDumps)\..*|agenda.*|system\..*)$/;
/** What a source could not tell, or an import: a row that names them goes whole. */
const WHOLE: readonly string[] = ['import_errors', 'import_findings', 'source_errors'];
/** Keys, by which things are found and told apart, and what follows from what is taken out. */
const KEYS: readonly string[] = [
  ...['_id', 'number', 'numberKey', 'nameKey', 'source', 'created', 'asked', 'key'],
  ...['terms', 'commentTerms', 'alike', 'ends'],
];
/** Of what other people and objects have, texts that somebody has written; their own names and numbers stay. */
const ONLY: Record<string, readonly string[]> = {
  counterparties: ['note', 'merged', 'attachments'],
  projects: ['note', 'statusOverride', 'chainEdits', 'prior', 'attachments'],
};
const BATCH = 500;

/**
 * @param but ids of what is left alone, by which they are still known
 * @returns how many documents were changed
 */
export async function sweep(
  connection: Connection,
  identifiers: Identifiers,
  but: ReadonlySet<unknown>,
): Promise<number> {
  const { db } = connection;
  if (!db) throw new Error('the connection is not open');
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  let changed = await new TablesRepository(connection).reword((text) => identifiers.redact(text));
  for (const { name } of collections)
    if (!UNTOUCHED.test(name)) changed += await sweepOne(db, name, identifiers, but);
  return changed;
}

async function sweepOne(
  db: mongo.Db,
  name: string,
  identifiers: Identifiers,
  but: ReadonlySet<unknown>,
): Promise<number> {
  const collection = db.collection(name);
  let writes: mongo.AnyBulkWriteOperation[] = [];
  let changed = 0;
  const flush = async () => {
    if (writes.length > 0) await collection.bulkWrite(writes, { ordered: false });
    changed += writes.length;
    writes = [];
  };
  for await (const doc of collection.find({}, { projection: { terms: 0, commentTerms: 0 } })) {
    const filter = { _id: doc._id };
    // What is kept under a key that names them goes whole, and so does a row that could not be read.
    const isNamed = typeof doc._id === 'string' && identifiers.redact(doc._id as string) !== doc._id;
    const set = but.has(doc._id) ? null : changesOf(doc, identifiers, ONLY[name]);
    const key = identifiers.otherKey(doc.source as { externalId?: string } | null | undefined);
    if (isNamed || (set && WHOLE.includes(name))) writes.push({ deleteOne: { filter } });
    else if (key)
      writes.push({ updateOne: { filter, update: { $set: { ...set, 'source.externalId': key } } } });
    else if (set) writes.push({ updateOne: { filter, update: { $set: set } } });
    if (writes.length >= BATCH) await flush();
  }
  await flush();
  return changed;
}

/** The fields of a document that hold something of theirs, without it; null: none does. */
function changesOf(doc: Document, identifiers: Identifiers, only?: readonly string[]): Document | null {
  const changes = Object.entries(doc).flatMap(([field, value]) => {
    if (only ? !only.includes(field) : KEYS.includes(field)) return [];
    const without = redacted(value, identifiers);
    return without === value ? [] : [[field, without] as const];
  });
  return changes.length > 0 ? Object.fromEntries(changes) : null;
}

/** The value itself where nothing of it changes. */
function redacted(value: unknown, identifiers: Identifiers): unknown {
  if (typeof value === 'string') return identifiers.redact(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => redacted(item, identifiers));
    if (items.every((item, i) => item === value[i])) return value;
    // One of a list of phones, say: what is left of it would be none.
    return items.filter((item) => item !== ERASED);
  }
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const fields = Object.entries(value).map(([name, one]) => [name, redacted(one, identifiers)] as const);
  return fields.some(([name, one]) => one !== (value as Document)[name]) ? Object.fromEntries(fields) : value;
}
