import type { Document } from 'bson';
import { leadingMatchSort } from '../aggregation/head.ts';
import { compilePipeline } from '../aggregation/pipeline.ts';
import { decode, encode } from '../bson/raw.ts';
import { badValue, failedToParse, MongoError } from '../errors.ts';
import { Filter } from '../index/execution.ts';
import { isDocument, isNumber } from '../values/types.ts';
import { openChangeStream } from './change-streams.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { countMatches } from './count.ts';
import { Batch, FIRST_BATCH, type Source } from './cursors.ts';
import { findSource, openCursor } from './find.ts';
import { emptySource } from './find-source.ts';
import { ListSource } from './list-source.ts';
import type { Operation } from './operation.ts';

/** Documents read ahead of a pipeline at a time. */
const CHUNK = 128;

/** Documents of a source, decoded; between two chunks the source holds no read transaction. */
async function* documentsOf(source: Source, current: { operation: Operation }): AsyncGenerator<Document> {
  for (;;) {
    const batch = new Batch(CHUNK);
    const done = await source.fill(batch, current.operation);
    for (const bytes of batch.documents) yield decode(bytes);
    if (done) return;
  }
}

/** What comes out of a pipeline. */
class PipelineSource implements Source {
  readonly #output: AsyncIterator<Document>;
  readonly #current: { operation: Operation };
  #held: Buffer | undefined;

  constructor(output: AsyncIterable<Document>, current: { operation: Operation }) {
    this.#output = output[Symbol.asyncIterator]();
    this.#current = current;
  }

  async fill(batch: Batch, operation: Operation): Promise<boolean> {
    this.#current.operation = operation;
    for (;;) {
      if (this.#held) {
        if (!batch.add(this.#held)) return false;
        this.#held = undefined;
      }
      if (batch.full) return false;
      if (operation.spent) await operation.breathe();
      const { done, value } = await this.#output.next();
      if (done) return true;
      this.#held = encode(value);
    }
  }

  close(): void {
    void this.#output.return?.();
  }
}

async function aggregate(context: Context): Promise<Reply> {
  const { db, request } = context;
  const given = args(
    context,
    'pipeline',
    'cursor',
    'allowDiskUse',
    'bypassDocumentValidation',
    'hint',
    'let',
    'collation',
  );
  given.checkCollation();
  given.refuse('let');
  const wholeDatabase = isNumber(request.body.aggregate) && Number(request.body.aggregate) === 1;
  const name = wholeDatabase ? undefined : given.collection();
  const stages = given.documents('pipeline');
  if (!stages) throw new MongoError(40414, "BSON field 'aggregate.pipeline' is missing but a required field");
  const cursor = given.document('cursor');
  if (!cursor) throw failedToParse("The 'cursor' option is required");
  const options = { batchSize: cursor.batchSize === undefined ? FIRST_BATCH : Number(cursor.batchSize) };
  if (!Number.isInteger(options.batchSize) || options.batchSize < 0)
    throw badValue('cursor.batchSize must not be negative');
  const namespace = name === undefined ? `${db}.$cmd.aggregate` : `${db}.${name}`;

  const first = stages[0];
  if (isDocument(first) && first.$changeStream !== undefined) {
    const spec = first.$changeStream;
    if (!isDocument(spec)) throw new MongoError(50808, '$changeStream stage expects a document as argument');
    return openCursor(context, namespace, openChangeStream(context, name, spec, stages.slice(1)), options);
  }
  if (name === undefined) {
    // First of all: are these stages at all?
    compilePipeline(stages);
    throw new MongoError('InvalidNamespace', '{aggregate: 1} is valid for $changeStream only here');
  }
  return openCursor(
    context,
    namespace,
    await collectionSource(context, name, stages, given.raw('hint')),
    options,
  );
}

async function collectionSource(
  context: Context,
  name: string,
  stages: Document[],
  hint: unknown,
): Promise<Source> {
  const now = new Date();
  const { filter, sort, skip = 0, limit = 0, rest } = leadingMatchSort(stages);
  const parsed = new Filter(filter, now);
  const counted = sort ? undefined : countField(rest);
  if (counted) {
    const n = await countMatches(context, name, { filter: parsed, hint, skip, limit });
    // Nothing to group makes no group.
    return n === 0 ? emptySource : new ListSource([encode(counted(n))]);
  }
  const current = { operation: context.operation };
  // Compiled even when the collection is missing: a wrong pipeline is wrong on nothing, too.
  const run = rest.length > 0 ? compilePipeline(rest, now) : undefined;
  const source = findSource(context, { filter: parsed, sort, hint, skip, limit, project: undefined }, name);
  return run ? new PipelineSource(run(documentsOf(source, current)), current) : source;
}

/**
 * The one document that counting gives, when counting is all that is left: `$count`, or the `$group` by which
 * drivers count.
 */
function countField(rest: Document[]): ((n: number) => Document) | undefined {
  if (rest.length !== 1) return undefined;
  const { $group: group, $count: count } = rest[0] as Document;
  if (typeof count === 'string' && count !== '' && !/[$.\0]/.test(count)) return (n) => ({ [count]: n });
  if (!isDocument(group)) return undefined;
  const fields = Object.keys(group);
  const [sumField] = fields.filter((field) => field !== '_id');
  if (fields.length !== 2 || sumField === undefined || !('_id' in group)) return undefined;
  const id = group._id;
  const constant = id === null || isNumber(id);
  const sum = group[sumField];
  if (!constant || !isDocument(sum) || Object.keys(sum).length !== 1) return undefined;
  if (!isNumber(sum.$sum) || Number(sum.$sum) !== 1) return undefined;
  return (n) => ({ _id: id, [sumField]: n });
}

export const aggregateCommands: Command[] = [{ name: 'aggregate', handle: aggregate }];
