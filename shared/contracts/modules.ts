/** Where an event comes from. Labels: `module.*` in `shared/messages/domain.*`. */
export const MODULES = [
  'finance',
  'orders',
  'measure',
  'calendar',
  'fgwarehouse',
  'multiwarehouse',
  'production',
  'install',
  'calls',
  'mail',
  'system',
] as const;
export type Module = (typeof MODULES)[number];

/** Every event type by the module that owns it. Labels: `type.*` in `shared/messages/domain.*`. */
export const TYPES_BY_MODULE = {
  finance: [
    'payment.prepaid',
    'payment.received',
    'payment.final',
    'payment.overdue',
    'payment.refunded',
    'invoice.issued',
  ],
  orders: [
    'order.registered',
    'order.calculated',
    'quote.sent',
    'contract.signed',
    'contract.amended',
    'customer.preference',
    'customer.request',
    'order.paused',
    'order.cancelled',
    'complaint.opened',
    'complaint.closed',
    'order.discussed',
  ],
  measure: ['measure.scheduled', 'measure.done', 'measure.sheet', 'measure.specifics', 'measure.redo'],
  calendar: [
    'crew.assigned',
    'crew.changed',
    'stage.assigned',
    'work.planned',
    'work.started',
    'work.finished',
    'work.rescheduled',
  ],
  fgwarehouse: ['item.arrived', 'items.complete', 'item.defect', 'shipment.prepared', 'shipment.out'],
  multiwarehouse: [
    'waybill.included',
    'material.reserved',
    'material.partial',
    'material.shortage',
    'material.received',
  ],
  production: ['production.launched', 'production.progress', 'production.delayed'],
  install: ['install.confirmed', 'install.started', 'install.done', 'install.failed', 'act.signed'],
  calls: ['call.in', 'call.out', 'call.missed', 'call.recorded', 'call.promise'],
  mail: ['mail.sent', 'link.opened', 'mail.undeliverable'],
  system: [
    'deadline.approaching',
    'deadline.due',
    'deadline.overdue',
    'contradiction.found',
    'module.silent',
    'shift.handover',
    'note.free',
  ],
} as const satisfies Record<Module, readonly string[]>;

export type EventType = (typeof TYPES_BY_MODULE)[Module][number];
/** Types that say nothing by their name alone: what happened is told in words. */
export const TOLD_TYPES: readonly EventType[] = [
  'customer.preference',
  'customer.request',
  'complaint.opened',
  'measure.specifics',
];

/** Types that may say which of the goods they are about, one by one. */
export const ITEM_TYPES: readonly EventType[] = [
  'item.arrived',
  'items.complete',
  'item.defect',
  'shipment.prepared',
  'shipment.out',
];

export const EVENT_TYPES = Object.values(TYPES_BY_MODULE).flat() as EventType[];

const MODULE_BY_TYPE = new Map<string, Module>(
  MODULES.flatMap((module) => TYPES_BY_MODULE[module].map((type) => [type, module] as const)),
);

/** The module that owns an event type. */
export function moduleOf(type: EventType): Module {
  return MODULE_BY_TYPE.get(type) ?? 'system';
}

/** Types that ask something of somebody: these are born open. All others record a fact, unless they carry a deadline. */
const ASKING: ReadonlySet<EventType> = new Set([
  'payment.overdue',
  'customer.request',
  'complaint.opened',
  'measure.redo',
  'item.defect',
  'material.shortage',
  'production.delayed',
  'install.failed',
  'call.missed',
  'call.promise',
  'deadline.overdue',
  'contradiction.found',
  'module.silent',
  'shift.handover',
  'mail.undeliverable',
]);

/**
 * Types that are settled at a place of their own: nobody works on such an event, it is over when that place says so.
 */
const SETTLED_ELSEWHERE: readonly EventType[] = ['shift.handover'];

export const isSettledElsewhere = (type: EventType): boolean => SETTLED_ELSEWHERE.includes(type);

/** Whether an event of this type waits for somebody to do something. */
export const asks = (type: EventType): boolean => ASKING.has(type);

/**
 * Types that only programs write: a person who could would forge what the desk says by itself. They may be read and
 * resolved like any other.
 */
const MACHINE_TYPES: ReadonlySet<EventType> = new Set([
  ...TYPES_BY_MODULE.system.filter((type) => type !== 'note.free'),
  ...TYPES_BY_MODULE.mail,
  'order.discussed',
]);

export const isMachineType = (type: EventType): boolean => MACHINE_TYPES.has(type);

/** Types by which it stands in an order that somebody was told: no rule speaks of these, or it would hear itself. */
export const MADE_BY_TELLING: readonly EventType[] = ['mail.sent'];

/** Svodka's own: no program from outside speaks for these. */
const OWN_MODULES = ['mail', 'system'] as const satisfies readonly Module[];
export type ConnectedModule = Exclude<Module, (typeof OWN_MODULES)[number]>;

export const isConnected = (module: Module): module is ConnectedModule =>
  !(OWN_MODULES as readonly Module[]).includes(module);

/** Modules that can be connected from outside, and switched off. */
export const CONNECTED_MODULES: readonly ConnectedModule[] = MODULES.filter(isConnected);

/** What a person may enter, in some role or other. */
export const WRITTEN_TYPES: readonly EventType[] = EVENT_TYPES.filter((type) => !isMachineType(type));
