// Where the orders of a first dump begin: what their rows say has been done by then. It stands on their cards, and no
// event tells it, so that a table of three thousand orders is three thousand orders and not ten thousand news.

import { wordOf } from '@svodka/shared/contracts/import-words';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { MilestoneCode, ProjectStatus } from '@svodka/shared/contracts/order-codes';
import type { TableMapping } from '@svodka/shared/contracts/tables';
import type { PriorFact } from '@svodka/shared/rules/orders/facts';
import { further, passedBy, rank } from '@svodka/shared/rules/orders/status';
import type { Day } from '@svodka/shared/rules/orders/working-days';
import { type Cell, isMarked, type Row } from '@svodka/shared/rules/tables/diff';
import { wordsFor } from '../csv/words.ts';
import { dayIn } from './table-events.ts';

/** What must have been, where an order is so far; money is a sum, and said by no status. */
const SAID_BY: Partial<Record<MilestoneCode, EventType>> = {
  measure: 'measure.done',
  contract: 'contract.signed',
  launch: 'production.launched',
  ready: 'items.complete',
  ship: 'shipment.out',
  install: 'install.done',
  act: 'act.signed',
};

const STATUSES = wordsFor({ words: {} }).orderStatus as ReadonlyMap<string, ProjectStatus>;

const paidBy = ({ paid }: Row): number => (typeof paid === 'number' ? Math.max(0, paid) : 0);

/** How far a row says that its order is: by its word, where that is one of ours, and by what has been done. */
function statusOf(row: Row): ProjectStatus {
  const word = typeof row.status === 'string' ? STATUSES.get(wordOf(row.status)) : undefined;
  return [
    word ?? 'request',
    paidBy(row) > 0 ? 'prepayment' : 'request',
    isMarked(row.reserved) ? 'supply' : 'request',
    isMarked(row.launched) ? 'production' : 'request',
  ].reduce<ProjectStatus>((far, each) => further(far, each as ProjectStatus), 'request');
}

/** What had been done of an order by the day of the first dump, and the day of its installation, where that is to come. */
export function priorFactsOf(
  row: Row,
  { statuses }: Pick<TableMapping, 'statuses'>,
  today: Day,
): PriorFact[] {
  const past = (cell: Cell | undefined): Day | null => {
    const day = dayIn(cell);
    return day !== null && day <= today ? day : null;
  };
  const registeredOn = past(row.registeredOn);
  const reservedOn = past(row.reserved);
  const launchedOn = past(row.launchedOn) ?? past(row.launched);
  const status = statusOf(row);
  // The day of the least that is known to have come after it.
  const by = reservedOn ?? launchedOn ?? registeredOn ?? today;
  const prior: PriorFact[] = [];
  const say = (type: EventType, on: Day, payload: PriorFact['payload'] = {}) =>
    prior.push({ type, on, payload });
  if (registeredOn) say('order.registered', registeredOn);
  for (const code of passedBy(status)) {
    const type = SAID_BY[code];
    if (type) say(type, code === 'launch' ? (launchedOn ?? by) : by);
  }
  if (paidBy(row) > 0) say('payment.prepaid', by, { amountKop: paidBy(row) });
  // Where a column says it, only that does.
  const isReserved = row.reserved === undefined ? rank(status) >= rank('production') : isMarked(row.reserved);
  if (isReserved) say('material.reserved', by);
  const told = typeof row.status === 'string' && Object.hasOwn(statuses, row.status) && statuses[row.status];
  if (told) say(told, by);
  const installOn = dayIn(row.installOn);
  if (installOn !== null && installOn >= today)
    say('work.planned', registeredOn ?? today, { startOn: installOn, finishOn: installOn });
  return prior.sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}
