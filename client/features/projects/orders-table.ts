// What the table of orders is asked, as it stands in the address, and the order in which the server answers it.
import type { OrderSort, Project } from '@svodka/shared/contracts/directory';
import { ORDER_GROUPS, ORDER_SORTS } from '@svodka/shared/contracts/directory';
import { type Filter, isAll, type TimeClause } from '@svodka/shared/filter/ast';
import { FilterParseError, parseText, toText } from '@svodka/shared/filter/text';
import type { Given } from '@svodka/shared/routes/all';
import { rank } from '@svodka/shared/rules/orders/status';
import { cardFields, seesAllLines } from '@svodka/shared/rules/permissions';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import type { LiveRows, PageAsk } from '../../state/paged-list.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { session } from '../../state/session.svelte.ts';

/** Weeks and months in which installations fall. */
export const PERIODS = ['week', 'next-week', 'month', 'next-month'] as const;
const span = (unit: 'week' | 'month', offset: number) => ({
  from: { unit, offset, edge: 'start' as const },
  to: { unit, offset, edge: 'end' as const },
});
/** What each of them asks for. */
export const PERIOD_CLAUSES: Record<(typeof PERIODS)[number], TimeClause> = {
  week: { field: 'install', ...span('week', 0) },
  'next-week': { field: 'install', ...span('week', 1) },
  month: { field: 'install', ...span('month', 0) },
  'next-month': { field: 'install', ...span('month', 1) },
};

const isOneOf = <T extends string>(values: readonly T[], value: string | undefined): value is T =>
  values.includes(value as T);

/** The sort and the group of an address; by risk, if it names none. */
export function orderOf(query: URLSearchParams) {
  const sort = query.get('sort') ?? undefined;
  const group = query.get('group') ?? undefined;
  return {
    sort: isOneOf<OrderSort>(ORDER_SORTS, sort) ? sort : ('risk' as const),
    group: isOneOf(ORDER_GROUPS, group) ? group : undefined,
  };
}

/** What narrows the table, as it stands in the address; null: what stands there is none. */
export function filterOf(query: URLSearchParams): Filter | null {
  try {
    return parseText(query.get('filter') ?? '', 'orders');
  } catch (error) {
    if (error instanceof FilterParseError) return null;
    throw error;
  }
}

/** A filter as it stands in the address; null: it lets every order through. */
export const written = (filter: Filter): string | null => (isAll(filter) ? null : toText(filter));

/** The question to the server. */
export function questionOf(query: URLSearchParams): Record<string, string> {
  const { sort, group } = orderOf(query);
  const asked: Record<string, string | null | undefined> = {
    search: query.get('q'),
    sort,
    group,
    filter: query.get('filter'),
  };
  return Object.fromEntries(
    Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
}

/** A page of the answer to the question `search`, with its names. */
export async function readOrders({ search, after, limit, ids, signal }: PageAsk) {
  const page = await ask('GET /projects', {
    query: {
      ...(Object.fromEntries(new URLSearchParams(search)) as Given<'GET /projects'>['query']),
      after,
      limit,
      ids: ids?.join(),
    },
    signal,
  });
  refs.add(page.refs);
  return page;
}

/** Whether sums are for whoever is signed in. */
export const seesSums = (): boolean =>
  session.actor !== null && (!seesAllLines(session.actor) || cardFields(session.actor).has('amountKop'));

type Key = (project: Project) => string | number;
/** Nobody waits for what is done or called off. */
const on: Key = ({ line: { target, flags } }) =>
  target && !target.isDone && !flags.includes('cancelled') ? target.on : '9999-12-31';
const less: Key = ({ line }) => -line.risk;
const slip: Key = ({ line }) => (line.isLate ? -(line.target?.slipWd ?? 0) : 0);
const debt: Key = ({ line: { flags, money } }) =>
  flags.includes('cancelled') ? 0 : -Math.max(0, money?.debtKop ?? 0);

const SORTED: Record<OrderSort, Key[]> = {
  new: [],
  risk: [less],
  late: [slip, less],
  install: [on, less],
  debt: [debt],
};
const GROUPED: Record<(typeof ORDER_GROUPS)[number], Key[]> = {
  manager: [({ managerId }) => managerId ?? '', less],
  stage: [({ status }) => rank(status), less],
  week: SORTED.install,
};

/** Rows as `server/orders/projects/orders-list.ts` sorts them. */
export function comparing({ sort, group }: ReturnType<typeof orderOf>) {
  const keys = group ? GROUPED[group] : SORTED[sort];
  return (a: Project, b: Project): number => {
    for (const key of keys) {
      const [one, other] = [key(a), key(b)];
      if (one !== other) return one < other ? -1 : 1;
    }
    return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
  };
}

/** The table stays as its query answers: the server tells which orders have changed. */
export const liveOrders = (order: () => ReturnType<typeof orderOf>): LiveRows<Project> => ({
  hear: (listener) => live.on('orders.changed', ({ ids }) => listener(ids)),
  compare: (a, b) => comparing(order())(a, b),
  count: (search, signal) => {
    const { search: words, filter } = Object.fromEntries(new URLSearchParams(search));
    return ask('GET /projects/count', { query: { search: words, filter }, signal });
  },
});
