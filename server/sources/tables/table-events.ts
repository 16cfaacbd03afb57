// Which event a change of a table is, and in which words.

import type { Due } from '@svodka/shared/contracts/event';
import { type EventType, moduleOf } from '@svodka/shared/contracts/modules';
import type { Payload } from '@svodka/shared/contracts/payload';
import type { TableMapping } from '@svodka/shared/contracts/tables';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { translate } from '@svodka/shared/messages/translate';
import { paymentKind } from '@svodka/shared/rules/orders/payment-kind';
import { type Cell, isMarked, type Row, type TableChange } from '@svodka/shared/rules/tables/diff';
import { DateTime } from 'luxon';
import type { ComparedOrder } from '../../orders/projects/projects.repository.ts';

export type TableEvent = {
  type: EventType;
  title: string;
  /** The day on which it happened, where the table says so and it is not still to come. */
  on: string | null;
  due: Due | null;
  payload: Payload;
};

type Told = {
  change: TableChange;
  row: Row;
  /** What was known of the row. */
  was: Row;
  /** The order as it stands here, where it is asked for; undefined: it is not there yet. */
  order: OrderStanding | undefined;
  /** What it has been paid here, where that is asked for. */
  hereKop?: number | undefined;
  mapping: TableMapping;
  table: string;
  today: string;
};
export type OrderStanding = Pick<ComparedOrder, 'template' | 'amountKop' | 'line'>;

const t = (key: MessageKey, params?: Record<string, string>) => translate('ru', key, params);
const russian = (cell: Cell): string =>
  typeof cell === 'string' && /^\d{4}-\d\d-\d\d$/.test(cell)
    ? DateTime.fromISO(cell).toFormat('dd.MM.yyyy')
    : String(cell ?? '—');
export const dayIn = (cell: Cell | undefined): string | null =>
  typeof cell === 'string' && /^\d{4}-\d\d-\d\d$/.test(cell) ? cell : null;

/**
 * What is new of a sum that has changed, kopecks: a table says how much there is in all, and what the order has been paid
 * here already, or has given back, whoever told of it, is a part of that.
 */
export function movedKop({ from, to }: Pick<TableChange, 'from' | 'to'>, hereKop = Number(from)): number {
  const [was, is] = [Number(from), Number(to)];
  return is > was ? Math.max(0, is - Math.max(was, hereKop)) : Math.min(0, is - Math.min(was, hereKop));
}

function paidAs({ change: { from }, row, was, order, hereKop = 0 }: Told): EventType {
  if (isMarked(was.launched)) return 'payment.received';
  if (!order) return 'payment.prepaid';
  return paymentKind({
    template: order.template ?? 'private',
    contractKop: order.amountKop ?? (typeof row.amount === 'number' ? row.amount : null),
    milestones: order.line.milestones,
    paidKop: Math.max(Number(from), hereKop),
  });
}

const typeOf = (told: Told): EventType | null => {
  const {
    change: { kind, from, to },
    mapping,
  } = told;
  switch (kind) {
    case 'new':
      return 'order.registered';
    case 'reserved':
      return 'material.reserved';
    case 'launched':
      return 'production.launched';
    case 'paid': {
      const moved = movedKop(told.change, told.hereKop);
      return moved === 0 ? null : moved > 0 ? paidAs(told) : 'payment.refunded';
    }
    case 'planned':
      return String(to) > String(from) ? 'production.delayed' : 'production.progress';
    case 'install':
      return from === null ? 'work.planned' : 'work.rescheduled';
    case 'status':
      return (Object.hasOwn(mapping.statuses, String(to)) && mapping.statuses[String(to)]) || 'note.free';
    case 'card':
      return null;
    default:
      return 'note.free';
  }
};

/** Null: it is none. Tables of counterparties have none: nothing happens to these. */
export function eventOf(told: Told): TableEvent | null {
  const { change, row, mapping, table, today } = told;
  const type = mapping.kind === 'orders' ? typeOf(told) : null;
  if (!type) return null;
  const { kind, key, from, to } = change;
  const days: Partial<Record<typeof kind, (Cell | undefined)[]>> = {
    new: [row.registeredOn],
    reserved: [to],
    launched: [row.launchedOn, to],
  };
  const on = (days[kind] ?? []).map(dayIn).find((day) => day !== null && day <= today) ?? null;
  const words = { number: key, from: russian(from), to: russian(to), table };
  return {
    type,
    title: t(titleOf(change, type), words).slice(0, 300),
    on,
    due: type === 'production.delayed' && typeof to === 'string' ? { local: to, zone: mapping.zone } : null,
    payload: payloadOf(told),
  };
}

function titleOf({ kind, from, fields }: TableChange, type: EventType): MessageKey {
  switch (kind) {
    case 'planned':
      return type === 'production.delayed' ? 'said.title.table.later' : 'said.title.table.earlier';
    case 'install':
      return from === null ? 'said.title.table.install' : 'said.title.table.installMoved';
    case 'paid':
      return type === 'payment.refunded' ? 'said.title.table.refunded' : 'said.title.table.paid';
    case 'withdrawn':
      return fields[0] === 'reserved' ? 'said.title.table.unreserved' : 'said.title.table.unlaunched';
    default:
      return `said.title.table.${kind as 'new'}`;
  }
}

function payloadOf({ change, hereKop }: Told): Payload {
  const { kind, from, to } = change;
  switch (kind) {
    case 'paid':
      return { amountKop: Math.abs(movedKop(change, hereKop)) };
    case 'install':
      return typeof to === 'string' ? { startOn: to, finishOn: to } : {};
    case 'planned':
    case 'status':
      return { fields: { [t('said.field.was')]: russian(from), [t('said.field.became')]: russian(to) } };
    default:
      return {};
  }
}

export const moduleOfEvent = ({ type }: TableEvent) => moduleOf(type);
