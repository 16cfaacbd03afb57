// What is due in the days ahead: what waits for an answer until a day, and what the orders come to next.
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { LineMilestone } from '@svodka/shared/contracts/orders';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';

export const WEEK_DAYS = 7;
export const lastDayOf = (today: string): string => daysAfter(today, WEEK_DAYS - 1);

/** How far what a part of the page is read from has come. */
export type Reading = { state: 'loading' | 'ready' | 'failed'; error: unknown; retry: () => unknown };

/** What is read from several places stands when all of them do. */
export function together(readings: readonly Reading[]): Reading {
  const behind = (state: Reading['state']) => readings.filter((each) => each.state === state);
  const failed = behind('failed');
  return {
    state: failed.length > 0 ? 'failed' : behind('loading').length > 0 ? 'loading' : 'ready',
    error: failed[0]?.error ?? null,
    retry: () => failed.map((each) => each.retry()),
  };
}

export type Due =
  | { kind: 'event'; id: string; on: string; event: SvodkaEvent }
  | { kind: 'milestone'; id: string; on: string; order: Project; milestone: LineMilestone };
/** `on` null: what is late. */
export type DueDay = { on: string | null; items: Due[] };

/** The next step of an order that somebody works on. The installation has a place of its own. */
function stepOf(order: Project): Due[] {
  const { line } = order;
  const milestone = line.milestones.find(({ code }) => code === line.next);
  const on = milestone && (milestone.promisedOn ?? milestone.plannedOn);
  if (!milestone || !on || milestone.code === 'install' || milestone.state === 'blocked') return [];
  return [{ kind: 'milestone', id: order.id, on, order, milestone }];
}

const heavier = (a: Due, b: Due): number =>
  a.on < b.on
    ? -1
    : a.on > b.on
      ? 1
      : a.kind === b.kind
        ? a.id < b.id
          ? -1
          : 1
        : a.kind === 'event'
          ? -1
          : 1;

/** Finance has said by an event that a payment is late: once is enough. */
const isSaid = (due: Due, events: readonly SvodkaEvent[]): boolean =>
  due.kind === 'milestone' &&
  (due.milestone.code === 'prepay' || due.milestone.code === 'payment') &&
  events.some(({ type, projectId }) => type === 'payment.overdue' && projectId === due.order.id);

/** By day, what is late first; nothing after the last day. */
export function dueDays(
  orders: readonly Project[],
  events: readonly SvodkaEvent[],
  today: string,
  dayOf: (event: SvodkaEvent) => string,
): DueDay[] {
  const asked = events.map((event): Due => ({ kind: 'event', id: event.id, on: dayOf(event), event }));
  const steps = orders.flatMap(stepOf).filter((step) => !isSaid(step, events));
  const all = [...asked, ...steps].filter(({ on }) => on <= lastDayOf(today)).sort(heavier);
  const days = new Map<string | null, Due[]>();
  for (const due of all) {
    const on = due.on < today ? null : due.on;
    days.set(on, [...(days.get(on) ?? []), due]);
  }
  return [...days].map(([on, items]) => ({ on, items }));
}
