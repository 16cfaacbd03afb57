// What the table of orders is asked, as it stands in the address, and the order in which the server answers it.
import type { OrderSort, Project } from '@svodka/shared/contracts/directory';
import { ORDER_GROUPS, ORDER_SORTS } from '@svodka/shared/contracts/directory';
import { rank } from '@svodka/shared/rules/orders/status';
import { live } from '../../api/live.ts';
import type { LiveRows } from '../../state/paged-list.svelte.ts';

/** What narrows the table. */
export const NARROWING = ['stage', 'late', 'manager', 'counterparty', 'period', 'from', 'to'] as const;

/** Weeks and months in which installations fall, as distances from today. */
export const PERIODS = ['week', 'next-week', 'month', 'next-month'] as const;
type Period = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Monday of the week of a day. */
export function mondayOf(day: string): string {
  const at = Date.parse(day);
  return iso(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS);
}
export const sundayOf = (day: string): string => iso(Date.parse(mondayOf(day)) + 6 * DAY_MS);

function daysOf(period: string, today: string): { from: string; to: string } | null {
  const [year, month] = today.split('-').map(Number) as [number, number];
  const monthFrom = (by: number) => iso(Date.UTC(year, month - 1 + by, 1));
  const monthTo = (by: number) => iso(Date.UTC(year, month + by, 0));
  const inAWeek = iso(Date.parse(today) + 7 * DAY_MS);
  const days: Record<Period, { from: string; to: string }> = {
    week: { from: mondayOf(today), to: sundayOf(today) },
    'next-week': { from: mondayOf(inAWeek), to: sundayOf(inAWeek) },
    month: { from: monthFrom(0), to: monthTo(0) },
    'next-month': { from: monthFrom(1), to: monthTo(1) },
  };
  return days[period as Period] ?? null;
}

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

/** The question to the server. */
export function questionOf(query: URLSearchParams, today: string): Record<string, string> {
  const { sort, group } = orderOf(query);
  const asked: Record<string, string | null | undefined> = {
    search: query.get('q')?.replace(/^№\s*/, ''),
    sort,
    group,
    stage: query.get('stage'),
    late: query.get('late'),
    manager: query.get('manager'),
    counterparty: query.get('counterparty'),
    from: query.get('from'),
    to: query.get('to'),
    ...daysOf(query.get('period') ?? '', today),
  };
  return Object.fromEntries(
    Object.entries(asked).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
}

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

/** Rows as `server/directory/orders-list.ts` sorts them. */
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
});
