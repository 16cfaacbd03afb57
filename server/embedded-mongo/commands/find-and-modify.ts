import type { Document } from 'bson';
import { failedToParse } from '../errors.ts';
import { Filter } from '../index/execution.ts';
import { compileProjection } from '../query/projection.ts';
import { compileSorter } from '../query/sort.ts';
import { compileUpdate } from '../update/update.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { actOnMatch } from './match-write.ts';
import { applyUpdate, insertUpsert } from './update.ts';
import { checkWriteConcern, ensureCollection, memoOf } from './writes.ts';

/** One document found, changed or removed, and answered as it was or as it is, in one step. */
async function findAndModify(context: Context): Promise<Reply> {
  const { engine, db, request } = context;
  const given = args(
    context,
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'arrayFilters',
    'collation',
    'hint',
    'let',
    'stmtId',
  );
  given.checkCollation();
  given.refuse('arrayFilters', 'let');
  const name = given.collection();
  const remove = given.boolean('remove');
  const upsert = given.boolean('upsert');
  const fresh = given.boolean('new');
  const query = given.document('query') ?? {};
  const now = new Date();
  const change = given.raw('update');
  if (remove === (change !== undefined)) {
    throw failedToParse("Either an update or 'remove: true' must be specified, and not both");
  }
  if (remove && (upsert || fresh)) {
    throw failedToParse("Cannot specify 'upsert' or 'new' together with 'remove: true'");
  }
  const update = remove ? undefined : compileUpdate(change as Document, now);
  const fields = given.document('fields');
  const project = fields ? compileProjection(fields, now) : (document: Document) => document;
  const sort = given.document('sort');
  const order = sort && Object.keys(sort).length > 0 ? sort : undefined;
  if (order) compileSorter(order);
  const selection = {
    filter: new Filter(query, now),
    hint: given.raw('hint'),
    ...(order && { sort: order }),
  };
  const concern = checkWriteConcern(context);
  const statement = Number(request.body.stmtId ?? 0);
  await engine.store.ready();
  const memo = memoOf(context);

  const known = engine.catalog.find(db, name);
  const collection = known ?? (upsert ? ensureCollection(context, db, name) : undefined);
  const nothing = { lastErrorObject: { n: 0, ...(!remove && { updatedExisting: false }) }, value: null };
  const answer = !collection
    ? (memo?.resultOf(statement) ?? nothing)
    : await actOnMatch(context, collection, selection, (found) => {
        const done = memo?.resultOf(statement);
        if (done) return done;
        const result = act(found);
        memo?.remember(statement, result);
        return result;
      });
  await engine.store.commit();
  return { fields: { ...answer, ...(concern && { writeConcernError: concern }) } };

  function act(found: Parameters<Parameters<typeof actOnMatch>[3]>[0]): Document {
    if (!collection) return nothing;
    if (found && !update) {
      engine.records.delete(collection, found);
      return { lastErrorObject: { n: 1 }, value: project(found.document) };
    }
    if (found && update) {
      const after = applyUpdate(context, collection, found, update).found;
      const value = project(fresh ? after.document : found.document);
      return { lastErrorObject: { n: 1, updatedExisting: true }, value };
    }
    if (!update || !upsert) return nothing;
    const inserted = insertUpsert(context, collection, query, update);
    return {
      lastErrorObject: { n: 1, updatedExisting: false, upserted: inserted.document._id },
      value: fresh ? project(inserted.document) : null,
    };
  }
}

export const findAndModifyCommands: Command[] = [
  { name: 'findAndModify', handle: findAndModify, retryable: true },
];
