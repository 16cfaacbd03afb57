import type { Role } from '@svodka/shared/contracts/user';
import type { View, ViewPreset } from '@svodka/shared/feed/view';
import { and, type Filter, type RelativePoint } from '@svodka/shared/filter/ast';
import { OPEN } from '@svodka/shared/rules/status';

const point = (unit: RelativePoint['unit'], offset: number, edge: RelativePoint['edge']): RelativePoint => ({
  unit,
  offset,
  edge,
});
const today: Filter = { field: 'occurred', from: point('day', 0, 'start'), to: point('day', 0, 'end') };
const lastWeek: Filter = { field: 'occurred', from: point('day', -6, 'start'), to: point('day', 0, 'end') };
const important: Filter = { field: 'importance', in: ['high', 'critical'] };
const payments: Filter = {
  field: 'type',
  in: ['payment.prepaid', 'payment.received', 'payment.final', 'payment.refunded'],
};

type Draft = { icon: View['icon']; filter: Filter };

const DRAFTS: Record<ViewPreset, Draft> = {
  'today-important': { icon: 'flame', filter: and(today, important, OPEN) },
  overdue: { icon: 'alarm', filter: { field: 'due', in: ['overdue'] } },
  'due-soon': { icon: 'alarm', filter: { field: 'due', in: ['approaching', 'due'] } },
  'payments-week': { icon: 'money', filter: and(payments, lastWeek) },
  installs: { icon: 'install', filter: { field: 'module', in: ['install', 'calendar'] } },
  'missed-calls': { icon: 'calls', filter: and({ field: 'type', in: ['call.missed'] }, OPEN) },
  'money-open': {
    icon: 'money',
    filter: and({ field: 'type', in: ['invoice.issued', 'payment.overdue'] }, OPEN),
  },
  requests: {
    icon: 'inbox',
    filter: { field: 'type', in: ['customer.request', 'order.registered', 'contract.signed'] },
  },
  complaints: { icon: 'flag', filter: and({ field: 'type', in: ['complaint.opened'] }, OPEN) },
  'customer-specifics': { icon: 'star', filter: { field: 'type', in: ['customer.preference'] } },
  measures: {
    icon: 'ruler',
    filter: and({ field: 'type', in: ['measure.scheduled', 'measure.redo'] }, OPEN),
  },
  'measure-sheets': {
    icon: 'ruler',
    filter: { field: 'type', in: ['measure.sheet', 'measure.specifics', 'measure.done'] },
  },
};

const DISPATCHER: ViewPreset[] = ['today-important', 'overdue', 'payments-week', 'installs', 'missed-calls'];
const BY_ROLE: Record<Role, ViewPreset[]> = {
  administrator: DISPATCHER,
  dispatcher: DISPATCHER,
  manager: ['today-important', 'due-soon', 'overdue', 'payments-week', 'installs', 'complaints'],
  finance: ['payments-week', 'money-open', 'overdue'],
  orders: ['requests', 'complaints', 'customer-specifics', 'overdue'],
  measurer: ['measures', 'measure-sheets', 'overdue'],
};

export type DefaultView = Draft & { preset: ViewPreset };

/** The feeds that a person of these roles begins with, in order. */
export function defaultViews(roles: readonly Role[]): DefaultView[] {
  const presets = [...new Set(roles.flatMap((role) => BY_ROLE[role]))];
  return presets.map((preset) => ({ preset, ...DRAFTS[preset] }));
}
