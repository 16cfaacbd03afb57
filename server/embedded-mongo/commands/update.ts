import type { Document } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import { failedToParse } from '../errors.ts';
import { Filter } from '../index/execution.ts';
import type { Collection } from '../storage/catalog.ts';
import type { Found } from '../storage/records.ts';
import { buildUpsert, type CompiledUpdate, compileUpdate } from '../update/update.ts';
import { Arguments } from './arguments.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { actOnMatch, findAllForWrite, type Selection } from './match-write.ts';
import {
  checkWriteConcern,
  ensureCollection,
  memoOf,
  sequence,
  statementNumbers,
  withErrors,
  writeError,
} from './writes.ts';

interface Outcome {
  n: number;
  nModified: number;
  upserted?: unknown;
}

interface Statement {
  selection: Selection;
  update: CompiledUpdate;
  upsert: boolean;
  multi: boolean;
}

async function update(context: Context): Promise<Reply> {
  const { engine } = context;
  const given = args(context, 'ordered', 'updates', 'let', 'bypassDocumentValidation', 'stmtId', 'stmtIds');
  const name = given.collection();
  const ordered = given.raw('ordered') === undefined || given.boolean('ordered');
  given.refuse('let');
  const now = new Date();
  const statements = sequence(context, 'updates');
  const concern = checkWriteConcern(context);
  const statementId = statementNumbers(context);
  await engine.store.ready();
  const memo = memoOf(context);
  const errors: Document[] = [];
  const upserted: Document[] = [];
  const sum = { n: 0, nModified: 0 };
  const add = (index: number, outcome: Document) => {
    sum.n += Number(outcome.n);
    sum.nModified += Number(outcome.nModified);
    if ('upserted' in outcome) upserted.push({ index, _id: outcome.upserted });
  };
  for (let i = 0; i < statements.length; i++) {
    const known = memo?.resultOf(statementId(i));
    if (known) {
      add(i, known);
      continue;
    }
    try {
      const statement = parseStatement(decode(statements[i] as Buffer), now);
      const outcome = await runStatement(context, name, statement, (act) => {
        // Whoever repeats a statement that is still searching must not run it twice.
        const done = memo?.resultOf(statementId(i));
        if (done) return done as unknown as Outcome;
        const outcome = act();
        memo?.remember(statementId(i), outcome as unknown as Document);
        return outcome;
      });
      add(i, outcome as unknown as Document);
    } catch (error) {
      errors.push(writeError(i, error));
      if (ordered) break;
    }
  }
  await engine.store.commit();
  const fields = { n: sum.n, nModified: sum.nModified, ...(upserted.length > 0 && { upserted }) };
  return { fields: withErrors(fields, errors, concern) };
}

function parseStatement(body: Document, now: Date): Statement {
  const given = new Arguments('update.updates', body, [
    'q',
    'u',
    'c',
    'multi',
    'upsert',
    'upsertSupplied',
    'collation',
    'arrayFilters',
    'hint',
  ]);
  given.checkCollation();
  given.refuse('upsertSupplied', 'arrayFilters', 'c');
  const q = given.document('q') ?? {};
  const multi = given.boolean('multi');
  const update = compileUpdate(given.raw('u') as Document, now);
  if (multi && update.kind === 'replacement') {
    throw failedToParse('multi update is not supported for replacement-style update');
  }
  const selection = { filter: new Filter(q, now), hint: given.raw('hint') };
  return { selection, update, upsert: given.boolean('upsert'), multi };
}

async function runStatement(
  context: Context,
  name: string,
  { selection, update, upsert, multi }: Statement,
  once: (act: () => Outcome) => Outcome,
): Promise<Outcome> {
  const { engine, db } = context;
  const known = engine.catalog.find(db, name);
  if (!known && !upsert) return once(() => ({ n: 0, nModified: 0 }));
  const collection = known ?? ensureCollection(context, db, name);
  if (multi) {
    const outcome = await updateMany(context, collection, selection, update);
    if (outcome.n > 0 || !upsert) return outcome;
  }
  return actOnMatch(context, collection, selection, (found) =>
    once(() => {
      if (found) return { n: 1, nModified: applyUpdate(context, collection, found, update).changed ? 1 : 0 };
      if (!upsert) return { n: 0, nModified: 0 };
      const inserted = insertUpsert(context, collection, selection.filter.source, update);
      return { n: 1, nModified: 0, upserted: inserted.document._id };
    }),
  );
}

async function updateMany(
  context: Context,
  collection: Collection,
  selection: Selection,
  update: CompiledUpdate,
): Promise<Outcome> {
  const { engine, operation } = context;
  const outcome = { n: 0, nModified: 0 };
  for (const record of await findAllForWrite(context, collection, selection)) {
    if (operation.spent) {
      await operation.breathe();
      await engine.store.ready();
    }
    const found = engine.records.read(engine.store.latest, collection, record);
    if (!found || !selection.filter.accepts(found)) continue;
    outcome.n++;
    if (applyUpdate(context, collection, found, update).changed) outcome.nModified++;
  }
  return outcome;
}

/** Stages the changed form of a document; a change that changes nothing stages nothing. */
export function applyUpdate(
  { engine }: Context,
  collection: Collection,
  found: Found,
  update: CompiledUpdate,
): { found: Found; changed: boolean } {
  const { doc, changed, updateDescription } = update.apply(found.document, { isInsert: false });
  if (!changed) return { found, changed };
  const description = update.kind === 'replacement' ? undefined : updateDescription;
  return {
    found: engine.records.update(collection, found, doc, description as Document | undefined),
    changed,
  };
}

export function insertUpsert(
  { engine }: Context,
  collection: Collection,
  filter: Document,
  update: CompiledUpdate,
): Found {
  return engine.records.insert(collection, encode(buildUpsert(filter, update)));
}

export const updateCommands: Command[] = [{ name: 'update', handle: update, retryable: true }];
