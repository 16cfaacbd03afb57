// Which event does what to which milestone. Prepayment and final payment are sums (`money.ts`), goods are counted
// (`goods.ts`); everything else is read from these tables.
import type { EventType } from '../../contracts/modules.ts';
import type { MilestoneCode } from '../../contracts/order-codes.ts';

/** A milestone is reached by the first of these. */
export const REACHED_BY: Partial<Record<MilestoneCode, readonly EventType[]>> = {
  measure: ['measure.done', 'measure.sheet'],
  contract: ['contract.signed'],
  reserve: ['material.reserved'],
  launch: ['production.launched'],
  ship: ['shipment.out'],
  install: ['install.done'],
  act: ['act.signed'],
};

/** A milestone is planned on the day that the last of these names (`startOn`). */
export const PLANNED_BY: Partial<Record<MilestoneCode, readonly EventType[]>> = {
  measure: ['measure.scheduled'],
  install: ['crew.assigned', 'crew.changed', 'stage.assigned', 'work.planned', 'work.rescheduled'],
};

/** The customer was told the day that the last of these names (`startOn`). */
export const PROMISED_BY: Partial<Record<MilestoneCode, readonly EventType[]>> = {
  install: ['install.confirmed'],
};

/** The work of an installation has begun, and is over: what the calendar shows beside the milestone. */
export const STARTED_BY: readonly EventType[] = ['work.started', 'install.started'];
export const FINISHED_BY: readonly EventType[] = ['work.finished'];

/** What one enters when a milestone is reached, the most usual first, and what else is said of it. */
export const ENTERED_BY: Record<MilestoneCode, readonly EventType[]> = {
  measure: ['measure.sheet', 'measure.done', 'measure.scheduled'],
  contract: ['contract.signed', 'quote.sent'],
  prepay: ['payment.prepaid'],
  reserve: ['material.reserved', 'material.partial', 'material.shortage'],
  launch: ['production.launched'],
  ready: ['items.complete', 'item.arrived', 'production.delayed'],
  ship: ['shipment.out', 'shipment.prepared'],
  install: ['install.done', 'install.confirmed', 'work.planned', 'install.failed'],
  act: ['act.signed'],
  payment: ['payment.final'],
};

export type Hold = {
  code: MilestoneCode;
  /** A later one of these ends it, and so does resolving the event. */
  endedBy: readonly EventType[];
  /** How long it takes where the event has no deadline of its own, working days. */
  delayWd: number;
  /** Nothing goes on meanwhile; else it only takes longer. */
  isBlocked: boolean;
  /** What had been reached is not any more. */
  undoes: boolean;
};

/** What holds a milestone up. */
export const HELD_BY: Partial<Record<EventType, Hold>> = {
  'measure.redo': {
    code: 'measure',
    endedBy: ['measure.done', 'measure.sheet'],
    delayWd: 2,
    isBlocked: false,
    undoes: true,
  },
  'material.partial': {
    code: 'reserve',
    endedBy: ['material.reserved', 'material.received'],
    delayWd: 2,
    isBlocked: true,
    undoes: true,
  },
  'material.shortage': {
    code: 'reserve',
    endedBy: ['material.reserved', 'material.received'],
    delayWd: 5,
    isBlocked: true,
    undoes: true,
  },
  'production.delayed': {
    code: 'ready',
    endedBy: ['items.complete'],
    delayWd: 3,
    isBlocked: false,
    undoes: false,
  },
  'item.defect': {
    code: 'ready',
    endedBy: ['item.arrived', 'items.complete'],
    delayWd: 3,
    isBlocked: true,
    undoes: true,
  },
  'install.failed': {
    code: 'install',
    endedBy: ['install.confirmed', 'install.started', 'install.done', 'work.rescheduled'],
    delayWd: 2,
    isBlocked: true,
    undoes: false,
  },
};

/** What else is told of goods and materials (`stock.ts`). */
export const STOCK_TYPES: readonly EventType[] = ['shipment.prepared', 'waybill.included'];
export const GOODS_TYPES: readonly EventType[] = ['item.arrived', 'items.complete'];
/** Says how many goods there will be, before any of them has come. */
export const TOTAL_BY: readonly EventType[] = ['production.launched', 'production.progress'];
export const PAID_BY: readonly EventType[] = ['payment.prepaid', 'payment.received', 'payment.final'];
export const REFUNDED_BY: readonly EventType[] = ['payment.refunded'];
/** Says that a payment should have been here; until it is resolved. */
export const OVERDUE_BY: readonly EventType[] = ['payment.overdue'];
export const AGREED_BY: readonly EventType[] = ['contract.signed', 'contract.amended'];

/** Every type that the chain of an order is derived from. */
export const FACT_TYPES: readonly EventType[] = [
  ...new Set<EventType>([
    ...[REACHED_BY, PLANNED_BY, PROMISED_BY].flatMap((table) => Object.values(table).flat()),
    ...(Object.keys(HELD_BY) as EventType[]),
    ...Object.values(HELD_BY).flatMap(({ endedBy }) => endedBy),
    ...STARTED_BY,
    ...FINISHED_BY,
    ...GOODS_TYPES,
    ...TOTAL_BY,
    ...STOCK_TYPES,
    ...PAID_BY,
    ...REFUNDED_BY,
    ...AGREED_BY,
    ...OVERDUE_BY,
    'order.calculated',
    'quote.sent',
    'shipment.prepared',
    'order.paused',
    'order.cancelled',
    'complaint.opened',
    'complaint.closed',
  ]),
];
