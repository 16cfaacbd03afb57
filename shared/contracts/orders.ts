import type { Id } from './id.ts';
import type { EventType } from './modules.ts';

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

export type MilestoneState = 'planned' | 'approaching' | 'due' | 'overdue' | 'done' | 'skipped' | 'blocked';

/** Which of the milestones an order has, and with which lags: `shared/rules/orders/templates.ts`. */
export const ORDER_TEMPLATES = ['private', 'dealer', 'facade', 'complaint'] as const;
export type OrderTemplate = (typeof ORDER_TEMPLATES)[number];

/** Who sees to a milestone. */
export type MilestoneOwner =
  | 'measurer'
  | 'orders'
  | 'finance'
  | 'warehouse'
  | 'production'
  | 'fgwarehouse'
  | 'logistics'
  | 'crew'
  | 'manager';

/** An event as a cause: what it says beside its type. To who may not read it, it has neither id nor words. */
export type NamedFact = { eventId: Id | null; type: EventType; on: string; text: string };

/**
 * A link of the chain of causes. `late`: done later than planned · `waiting`: due, and not done · `held`: a fact holds
 * it up · `set`: somebody chose this day · `follows`: what it needs is late, which the next link tells.
 */
export type Cause = {
  code: MilestoneCode;
  slipWd: number;
  kind: 'late' | 'waiting' | 'held' | 'set' | 'follows';
  fact: NamedFact | null;
};

/** Days are `2026-11-27`, in the order's zone; null where a skipped milestone has none. */
export type Milestone = {
  code: MilestoneCode;
  state: MilestoneState;
  owner: MilestoneOwner;
  needs: { code: MilestoneCode; lagWd: number }[];
  /** What of its gate is not there yet. */
  waitsFor: MilestoneCode[];
  /** As the template had it when the order began, from the contract on as of the contract. */
  baselineOn: string | null;
  plannedOn: string | null;
  /** What the customer was told. Only people change it. */
  promisedOn: string | null;
  forecastOn: string | null;
  actualOn: string | null;
  /** `total`: null while nobody has said how many there will be. */
  progress: { done: number; total: number | null };
  /** Working days after the promised (else the planned) day, and after the baseline; negative: earlier. */
  slipWd: number;
  baselineSlipWd: number;
  /** Why it is late; empty where it is not. */
  why: Cause[];
  /** What a person has decided of it. */
  edit: ChainEdit | null;
};

/** Kopecks. `debt`: below none when more was paid than agreed; null without a contract's sum. */
export type OrderMoney = { contractKop: number | null; paidKop: number; debtKop: number | null };

/**
 * What does not fit together. `before`: done earlier than what it needs · `without`: done, and what it needs is not ·
 * `date`: a fact whose day cannot be, left out · `amount`: card and contract name different sums · `overpaid`.
 */
export type ChainContradiction = {
  kind: 'before' | 'without' | 'date' | 'amount' | 'overpaid';
  code: MilestoneCode | null;
  needs: MilestoneCode | null;
  fact: NamedFact | null;
};

/** How many, and the events that say so: those of them that the reader may read. */
export type GoodsFigure = { n: number; eventIds: Id[] };
/** One of the goods that events name one by one. */
export type OrderItem = {
  item: string;
  state: 'arrived' | 'defective' | 'prepared' | 'shipped';
  eventId: Id;
};
export type Waybill = { docNo: string; kind: 'material' | 'shipment'; on: string; eventId: Id };
export type MaterialLine = {
  /** Empty: what is meant was not said. */
  material: string;
  quantity: string;
  state: 'reserved' | 'partly' | 'shortage' | 'received';
  on: string;
  eventId: Id;
};

/** Goods and materials of an order. */
export type OrderGoods = {
  /** Null while nobody has said how many there will be. */
  total: number | null;
  arrived: GoodsFigure;
  defective: GoodsFigure;
  shipped: GoodsFigure;
  /** Since when all of them are there. */
  completeOn: string | null;
  items: OrderItem[];
  waybills: Waybill[];
  reserve: 'none' | 'reserved' | 'partly' | 'shortage';
  materials: MaterialLine[];
};

export type OrderFlag = 'paused' | 'cancelled' | 'complaint';

/** What a person has decided about one milestone of one order. The newest of a milestone holds. */
export const CHAIN_EDITS = ['skip', 'add', 'move', 'undo'] as const;
export type ChainEdit = {
  code: MilestoneCode;
  /** `undo`: as the template and the events have it. */
  kind: (typeof CHAIN_EDITS)[number];
  /** Where a moved one is planned. */
  on: string | null;
  reason: string;
  by: Id | null;
  /** ISO. */
  at: string;
};

export type OrderChain = {
  template: OrderTemplate;
  todayOn: string;
  /** What the events make of it, whatever somebody has set. */
  status: ProjectStatus;
  milestones: Milestone[];
  /** Null: sums are not for this reader. */
  money: OrderMoney | null;
  goods: OrderGoods;
  contradictions: ChainContradiction[];
  flags: OrderFlag[];
  /** The newest of its facts. */
  lastFact: { type: EventType; at: string } | null;
  /** Years of which the working calendar knows nothing: in them Monday to Friday were counted. */
  yearsUnknown: number[];
  /** False: the order has more facts than are read, and the oldest were left out. */
  isWhole: boolean;
};

/** A milestone that is expected on another day by something that is about to be done. */
export type ChainMove = { code: MilestoneCode; from: string; to: string };

/** A milestone in a row of a list. */
export type LineMilestone = Pick<
  Milestone,
  'code' | 'state' | 'slipWd' | 'progress' | 'plannedOn' | 'promisedOn' | 'forecastOn' | 'actualOn'
>;

/** What of a chain stands on its order, so that lists are sorted and filtered by it. */
export type OrderLine = {
  /** Rises with every change of it. */
  version: number;
  milestones: LineMilestone[];
  status: ProjectStatus;
  flags: OrderFlag[];
  /** What the customer waits for: the installation, or without one the last thing that is done for them. */
  target: { code: MilestoneCode; on: string; slipWd: number; baselineSlipWd: number; isDone: boolean } | null;
  /** The first milestone that is not done and waits for nothing. */
  next: MilestoneCode | null;
  isLate: boolean;
  /** Higher is worse; none: nothing is to be done, or nobody waits. */
  risk: number;
  items: { done: number; total: number | null };
  /** Null: sums are not for this reader. */
  money: OrderMoney | null;
  lastFact: OrderChain['lastFact'];
};
