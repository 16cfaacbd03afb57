import type { Document } from 'bson';
import { decode } from '../bson/raw.ts';
import { failedToParse } from '../errors.ts';
import { Filter } from '../index/execution.ts';
import { Arguments } from './arguments.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { actOnMatch, findAllForWrite, type Selection } from './match-write.ts';
import { checkWriteConcern, memoOf, sequence, statementNumbers, withErrors, writeError } from './writes.ts';

async function deleteCommand(context: Context): Promise<Reply> {
  const { engine } = context;
  const given = args(context, 'ordered', 'deletes', 'let', 'stmtId', 'stmtIds');
  const name = given.collection();
  const ordered = given.raw('ordered') === undefined || given.boolean('ordered');
  given.refuse('let');
  const statements = sequence(context, 'deletes');
  const concern = checkWriteConcern(context);
  const statement = statementNumbers(context);
  await engine.store.ready();
  const memo = memoOf(context);
  const errors: Document[] = [];
  let deleted = 0;
  for (let i = 0; i < statements.length; i++) {
    const known = memo?.resultOf(statement(i));
    if (known) {
      deleted += Number(known.n);
      continue;
    }
    try {
      deleted += await runStatement(context, name, decode(statements[i] as Buffer), (act) => {
        // Whoever repeats a statement that is still searching must not run it twice.
        const done = memo?.resultOf(statement(i));
        if (done) return Number(done.n);
        const n = act();
        memo?.remember(statement(i), { n });
        return n;
      });
    } catch (error) {
      errors.push(writeError(i, error));
      if (ordered) break;
    }
  }
  await engine.store.commit();
  return { fields: withErrors({ n: deleted }, errors, concern) };
}

async function runStatement(
  context: Context,
  name: string,
  body: Document,
  once: (act: () => number) => number,
): Promise<number> {
  const { engine, db, operation } = context;
  const given = new Arguments('delete.deletes', body, ['q', 'limit', 'collation', 'hint']);
  given.checkCollation();
  const limit = given.count('limit');
  if (limit === undefined || limit > 1)
    throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${limit}`);
  const selection: Selection = {
    filter: new Filter(given.document('q') ?? {}),
    hint: given.raw('hint'),
  };
  const collection = engine.catalog.find(db, name);
  if (!collection) return once(() => 0);
  if (limit === 1) {
    return actOnMatch(context, collection, selection, (found) =>
      once(() => {
        if (!found) return 0;
        engine.records.delete(collection, found);
        return 1;
      }),
    );
  }
  let deleted = 0;
  for (const record of await findAllForWrite(context, collection, selection)) {
    if (operation.spent) {
      await operation.breathe();
      await engine.store.ready();
    }
    const found = engine.records.read(engine.store.latest, collection, record);
    if (!found || !selection.filter.accepts(found)) continue;
    engine.records.delete(collection, found);
    deleted++;
  }
  return deleted;
}

export const deleteCommands: Command[] = [{ name: 'delete', handle: deleteCommand, retryable: true }];
