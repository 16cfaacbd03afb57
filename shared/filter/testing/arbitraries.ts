import fc from 'fast-check';
import { DUE_STATES, IMPORTANCES, STATUSES, VISIBILITIES } from '../../contracts/event.ts';
import { type EventType, MODULES, moduleOf, TYPES_BY_MODULE } from '../../contracts/modules.ts';
import type { Bound, Filter, ResolvedFilter } from '../ast.ts';
import type { FilterableEvent, FilterableOrder } from '../predicate.ts';
import { termsOf } from '../terms.ts';

/** Few values, so that random filters and random events meet often. */
export const POOL = {
  ids: ['e-1', 'e-2', 'e-3'],
  projects: ['p-318', 'p-322', 'p-309'],
  counterparties: ['c-1', 'c-2', 'c-3'],
  users: ['u-1', 'u-2', 'u-3'],
  departments: ['sales', 'montage'],
  batches: ['b-1', 'b-2'],
  types: [...TYPES_BY_MODULE.finance, ...TYPES_BY_MODULE.calls, 'note.free'] as EventType[],
  words: [
    'панель',
    'Панели',
    'П-44',
    'замёрз',
    'замерз',
    'ЁЛКА',
    'елка',
    'монтаж',
    '318',
    '№ 318',
    'ООО «Гранит»',
    'café',
    'x',
    'Тихонов',
    'C-0053',
    '+7 916 718-30-51',
    'тел. 8(916)7183051',
    '104 130 ₽',
    '14.03.2025',
  ],
  /** Looked for, and written like this nowhere. */
  pieces: [
    'па',
    'зам',
    '3',
    '—',
    'анел',
    'нов',
    'nb[jyjd',
    'gfytkm',
    'с-0053',
    '53',
    '3051',
    '718-30-51',
    '718 30 51',
    '89167183051',
    '8 (916) 718-30-51',
    '8916',
    '+7',
    '104130',
    '104',
    '2025',
  ],
};

/** Instants on a coarse grid around one moment, so that bounds and times often coincide to the millisecond. */
const GRID_START = Date.UTC(2025, 2, 1);
export const instantArb = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 0, 0, -1, 1))
  .map(([step, ms]) => new Date(GRID_START + step * 6 * 3_600_000 + ms).toISOString());

const textArb = fc
  .array(fc.constantFrom(...POOL.words, ...POOL.pieces), { minLength: 1, maxLength: 3 })
  .map((w) => w.join(' '));

const someOf = <T extends string>(values: readonly T[]) =>
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 4 }) as fc.Arbitrary<string[]>;

const setClause = (field: string, values: readonly string[]) =>
  someOf(values).map((list) => ({ field, in: list }) as Filter);

const existsClause = (...fields: string[]) =>
  fc.tuple(fc.constantFrom(...fields), fc.boolean()).map(([field, exists]) => ({ field, exists }) as Filter);

const relativeArb: fc.Arbitrary<Bound> = fc.record({
  unit: fc.constantFrom('hour', 'day', 'week', 'month'),
  offset: fc.integer({ min: -40, max: 40 }),
  edge: fc.constantFrom('start', 'end'),
});
const dateArb = instantArb.map((instant) => instant.slice(0, 10));

function timeClause<B>(
  bound: fc.Arbitrary<B>,
  fields = ['occurred', 'recorded', 'dueAt', 'snoozed'],
): fc.Arbitrary<Filter> {
  return fc
    .tuple(
      fc.constantFrom(...fields),
      fc.oneof(
        fc.record({ from: bound }),
        fc.record({ to: bound }),
        fc.record({ from: bound, to: bound }),
        bound.map((both) => ({ from: both, to: both })),
      ),
    )
    .map(([field, range]) => ({ field, ...range }) as Filter);
}

const userLeaves = [
  setClause('id', POOL.ids),
  setClause('module', MODULES),
  setClause('type', POOL.types),
  setClause('importance', IMPORTANCES),
  setClause('status', STATUSES),
  setClause('due', DUE_STATES),
  setClause('project', POOL.projects),
  setClause('counterparty', POOL.counterparties),
  setClause('author', POOL.users),
  setClause('holder', POOL.users),
  setClause('batch', POOL.batches),
  existsClause('project', 'counterparty', 'author', 'holder', 'due', 'files'),
  textArb.map((text) => ({ text }) as Filter),
];
const scopeLeaves = [
  setClause('visibility', VISIBILITIES),
  setClause('department', POOL.departments),
  setClause('audience', POOL.users),
  existsClause('deleted', 'department'),
];

/** Trees over the leaves: at most 4 levels of and, or, not, at most 20 leaves. */
function treeArb(leaf: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> {
  const { node } = fc.letrec<{ node: Filter; branch: Filter }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      { weight: 2, arbitrary: leaf },
      { weight: 3, arbitrary: tie('branch') },
    ),
    branch: fc.oneof(
      fc.array(tie('node'), { maxLength: 3 }).map((and): Filter => ({ and })),
      fc.array(tie('node'), { maxLength: 3 }).map((or): Filter => ({ or })),
      tie('node').map((not): Filter => ({ not })),
    ),
  }));
  return node.filter((filter) => leavesOf(filter) <= 20);
}

function leavesOf(filter: Filter): number {
  if ('and' in filter) return filter.and.reduce((sum, part) => sum + leavesOf(part), 0);
  if ('or' in filter) return filter.or.reduce((sum, part) => sum + leavesOf(part), 0);
  return 'not' in filter ? leavesOf(filter.not) : 1;
}

/** Filters as users write them, with points that move and calendar dates. */
export const userFilterArb: fc.Arbitrary<Filter> = treeArb(
  fc.oneof(...userLeaves, timeClause(fc.oneof(relativeArb, dateArb, instantArb))),
);

/** Filters as they are executed, with the fields of permissions too. */
export const resolvedFilterArb = treeArb(
  fc.oneof(...userLeaves, ...scopeLeaves, timeClause(instantArb)),
) as fc.Arbitrary<ResolvedFilter>;

const pick = (values: readonly string[]) => fc.constantFrom(...values);
const orNull = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { freq: 2 });

/** Events in the stored shape with ISO times; now and then a field is missing or null, as old documents may have it. */
export const eventArb: fc.Arbitrary<FilterableEvent> = fc
  .record(
    {
      _id: pick(POOL.ids),
      type: fc.constantFrom(...POOL.types),
      importance: pick(IMPORTANCES),
      status: pick(STATUSES),
      dueState: pick(DUE_STATES),
      projectId: orNull(pick(POOL.projects)),
      counterpartyIds: fc.uniqueArray(pick(POOL.counterparties), { maxLength: 3 }),
      author: fc.record({ userId: orNull(pick(POOL.users)), name: fc.constant('Анна К.') }),
      claim: orNull(fc.record({ by: pick(POOL.users) })),
      snooze: orNull(fc.record({ until: orNull(instantArb) })),
      source: orNull(fc.record({ batchId: pick(POOL.batches) })),
      occurredAt: instantArb,
      recordedAt: instantArb,
      dueAt: orNull(instantArb),
      visibility: pick(VISIBILITIES),
      departmentId: orNull(pick(POOL.departments)),
      audienceIds: fc.uniqueArray(pick(POOL.users), { maxLength: 3 }),
      deletedAt: fc.option(instantArb, { freq: 4 }),
      attachments: orNull(fc.array(fc.record({ id: pick(POOL.ids) }), { maxLength: 2 })),
      terms: fc.array(pick(POOL.words), { maxLength: 4 }).map((words) => termsOf(...words)),
    },
    { requiredKeys: ['type', 'importance', 'occurredAt', 'recordedAt'] },
  )
  .map((event) => ({ ...event, module: moduleOf(event.type) }));

const ORDER = {
  stages: ['measure', 'ready', 'closed'],
  flags: ['late', 'paused', 'complaint'],
  milestones: ['measure', 'prepay', 'install'],
};
const orderLeaves = [
  setClause('stage', ORDER.stages),
  setClause('manager', POOL.users),
  setClause('appointed', POOL.users),
  setClause('customer', POOL.counterparties),
  setClause('flag', ORDER.flags),
  setClause('next', ORDER.milestones),
  setClause('late', ORDER.milestones),
  setClause('stopped', ORDER.milestones),
  setClause('reached', ORDER.milestones),
  setClause('template', ['private', 'facade']),
  existsClause('manager', 'appointed', 'customer', 'install', 'next', 'late', 'stopped', 'reached', 'debt'),
  textArb.map((text) => ({ text }) as Filter),
];

/** Filters of orders as users write them. */
export const orderFilterArb: fc.Arbitrary<Filter> = treeArb(
  fc.oneof(...orderLeaves, timeClause(fc.oneof(relativeArb, dateArb, instantArb), ['install', 'created'])),
);

const milestones = fc.uniqueArray(pick(ORDER.milestones), { maxLength: 3 });

/** Orders in the stored shape, as far as filters look at it, with ISO times. */
export const orderArb: fc.Arbitrary<FilterableOrder & { createdAt: string }> = fc.record({
  _id: fc.uuid(),
  status: pick(ORDER.stages),
  managerId: orNull(pick(POOL.users)),
  appointedIds: fc.uniqueArray(pick(POOL.users), { maxLength: 3 }),
  counterpartyId: orNull(pick(POOL.counterparties)),
  createdAt: instantArb,
  terms: fc.array(pick(POOL.words), { maxLength: 4 }).map((words) => termsOf(...words)),
  line: fc.record({
    next: orNull(pick(ORDER.milestones)),
    keys: fc.record({
      template: pick(['private', 'facade', 'dealer']),
      flags: fc.uniqueArray(pick(ORDER.flags), { maxLength: 3 }),
      at: orNull(instantArb),
      owed: orNull(fc.constantFrom(1, 250_000)),
      overdue: milestones,
      blocked: milestones,
      done: milestones,
    }),
  }),
});
