// The codes of orders, apart from their schemas: the filter language names them on the first screen.

/** The milestones of an order, in the order in which they usually follow. */
export const MILESTONE_CODES = [
  'measure',
  'contract',
  'prepay',
  'reserve',
  'launch',
  'ready',
  'ship',
  'install',
  'act',
  'payment',
] as const;
export type MilestoneCode = (typeof MILESTONE_CODES)[number];

export const PROJECT_STATUSES = [
  'request',
  'measure',
  'calculation',
  'contract',
  'prepayment',
  'supply',
  'production',
  'ready',
  'shipment',
  'installation',
  'act',
  'closed',
] as const;
export type ProjectStatus = (typeof PROJECT_STATUSES)[number];

/** Which of the milestones an order has, and with which lags: `shared/rules/orders/templates.ts`. */
export const ORDER_TEMPLATES = ['private', 'dealer', 'facade', 'complaint'] as const;
export type OrderTemplate = (typeof ORDER_TEMPLATES)[number];

/** What an order can be beside its status; `undated`: its installation waits for a day; `contradiction`: facts of it do not fit together. */
export const ORDER_FLAGS = ['late', 'undated', 'contradiction', 'paused', 'cancelled', 'complaint'] as const;
