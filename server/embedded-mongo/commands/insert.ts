import type { Document } from 'bson';
import { args, type Command, type Context, type Reply } from './command.ts';
import {
  checkWriteConcern,
  ensureCollection,
  memoOf,
  sequence,
  statementNumbers,
  withErrors,
  writeError,
} from './writes.ts';

async function insert(context: Context): Promise<Reply> {
  const { engine, db, operation } = context;
  const given = args(context, 'ordered', 'bypassDocumentValidation', 'stmtId', 'stmtIds', 'documents');
  const name = given.collection();
  const ordered = given.raw('ordered') === undefined || given.boolean('ordered');
  const documents = sequence(context, 'documents');
  const concern = checkWriteConcern(context);
  const statement = statementNumbers(context);
  await engine.store.ready();
  const memo = memoOf(context);
  const errors: Document[] = [];
  let inserted = 0;
  for (let i = 0; i < documents.length; i++) {
    if (operation.spent) {
      await operation.breathe();
      await engine.store.ready();
    }
    if (memo?.resultOf(statement(i))) {
      inserted++;
      continue;
    }
    try {
      const collection = ensureCollection(context, db, name);
      engine.records.insert(collection, documents[i] as Buffer);
      memo?.remember(statement(i), { n: 1 });
      inserted++;
    } catch (error) {
      errors.push(writeError(i, error));
      if (ordered) break;
    }
  }
  await engine.store.commit();
  return { fields: withErrors({ n: inserted }, errors, concern) };
}

export const insertCommands: Command[] = [{ name: 'insert', handle: insert, retryable: true }];
