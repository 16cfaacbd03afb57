import type { Document } from 'bson';
import { badValue, unsupported } from '../errors.ts';
import { type Execution, Filter, openExecution } from '../index/execution.ts';
import type { Access } from '../index/plan.ts';
import { Arguments } from './arguments.ts';
import { args, type Command, type Context, type Reply } from './command.ts';
import { FIND_FIELDS, parseFind } from './find.ts';
import { VERSION } from './handshake.ts';

type Verbosity = 'queryPlanner' | 'executionStats' | 'allPlansExecution';

interface Question {
  collection: string;
  filter: Filter;
  sort: Document | undefined;
  hint: unknown;
  skip: number;
  limit: number;
  counting: boolean;
}

async function explain(context: Context): Promise<Reply> {
  const given = args(context, 'verbosity');
  const command = given.document('explain');
  if (!command) throw badValue('explain needs a command');
  const verbosity = (given.string('verbosity') ?? 'allPlansExecution') as Verbosity;
  const name = Object.keys(command)[0] as string;
  return answer(context, questionOf(name, command), verbosity);
}

function questionOf(name: string, command: Document): Question {
  const collection = String(command[name]);
  const base = { collection, sort: undefined, hint: undefined, skip: 0, limit: 0, counting: false };
  switch (name) {
    case 'find': {
      const given = new Arguments('find', command, ['find', ...FIND_FIELDS]);
      const { filter, sort, hint, skip, limit } = parseFind(given);
      return { ...base, filter, sort, hint, skip, limit };
    }
    case 'count':
      return { ...base, filter: new Filter(command.query ?? {}), hint: command.hint, counting: true };
    default:
      throw unsupported(`explain of '${name}'`);
  }
}

async function answer(context: Context, question: Question, verbosity: Verbosity): Promise<Reply> {
  const { engine, db, operation } = context;
  const { filter, sort, hint, skip, limit, counting } = question;
  const namespace = `${db}.${question.collection}`;
  const collection = engine.catalog.find(db, question.collection);
  const common = {
    explainVersion: '1',
    serverInfo: { host: 'embedded', port: 0, version: VERSION, gitVersion: 'embedded' },
  };
  const planner = (winningPlan: Document) => ({
    namespace,
    parsedQuery: filter.source,
    winningPlan,
    rejectedPlans: [],
  });
  if (!collection) return { fields: { ...common, queryPlanner: planner({ stage: 'EOF' }) } };
  const run = openExecution(engine.store.durable, engine.records, collection, filter, {
    hint,
    limited: limit > 0,
    ...(sort && { sort }),
  });
  run.pause();
  const queryPlanner = planner(stagesOf(run, question));
  if (verbosity === 'queryPlanner') return { fields: { ...common, queryPlanner } };
  const started = performance.now();
  const enough = limit > 0 && run.plan.sorted ? skip + limit : Number.POSITIVE_INFINITY;
  try {
    while (run.returned < enough && (counting ? run.stepCount() : run.step()) !== undefined) {
      if (!operation.spent) continue;
      run.pause();
      await operation.breathe();
    }
  } finally {
    run.pause();
  }
  const after = Math.max(0, run.returned - skip);
  const nReturned = limit > 0 ? Math.min(limit, after) : after;
  const executionStats = {
    executionSuccess: true,
    nReturned,
    executionTimeMillis: Math.round(performance.now() - started),
    totalKeysExamined: run.keysExamined,
    totalDocsExamined: run.docsExamined,
    executionStages: { ...queryPlanner.winningPlan, nReturned },
  };
  return { fields: { ...common, queryPlanner, executionStats } };
}

function stagesOf(run: Execution, { filter, sort, skip, limit, counting }: Question): Document {
  const { access, sorted } = run.plan;
  let plan = accessStage(access, filter, counting);
  if (sort && !sorted) plan = { stage: 'SORT', sortPattern: sort, inputStage: plan };
  if (skip > 0) plan = { stage: 'SKIP', skipAmount: skip, inputStage: plan };
  if (limit > 0) plan = { stage: 'LIMIT', limitAmount: limit, inputStage: plan };
  return plan;
}

function accessStage(access: Access, filter: Filter, counting: boolean): Document {
  switch (access.kind) {
    case 'eof':
      return { stage: 'EOF' };
    case 'collscan':
      return { stage: 'COLLSCAN', filter: filter.source, direction: access.reverse ? 'backward' : 'forward' };
    case 'or':
      return {
        stage: 'FETCH',
        filter: filter.source,
        inputStage: { stage: 'OR', inputStages: access.scans.map((scan) => accessStage(scan, filter, true)) },
      };
    case 'ixscan': {
      const { index, reverse, exact, merge } = access;
      const scan = {
        stage: 'IXSCAN',
        keyPattern: index.spec.key,
        indexName: index.name,
        isMultiKey: index.isMultikey,
        isUnique: index.spec.unique,
        isSparse: false,
        isPartial: index.spec.partialFilterExpression !== undefined,
        direction: reverse ? 'backward' : 'forward',
        ...(merge && { merged: access.ranges.length }),
      };
      if (counting && exact) return scan;
      return { stage: 'FETCH', ...(!exact && { filter: filter.source }), inputStage: scan };
    }
  }
}

export const explainCommands: Command[] = [{ name: 'explain', handle: explain }];
