import { z } from 'zod';
import { type Id, IdSchema } from './id.ts';
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

export type OrderChain = {
  template: OrderTemplate;
  todayOn: string;
  milestones: Milestone[];
  /** Null: sums are not for this reader. */
  money: OrderMoney | null;
  contradictions: ChainContradiction[];
  flags: ('paused' | 'cancelled' | 'complaint')[];
  /** Years of which the working calendar knows nothing: in them Monday to Friday were counted. */
  yearsUnknown: number[];
  /** False: the order has more facts than are read, and the oldest were left out. */
  isWhole: boolean;
};

/** A chain in a row of a list. */
export type ChainCell = Pick<Milestone, 'code' | 'state' | 'slipWd'> & { on: string | null };
export type ChainRow = { projectId: Id; cells: ChainCell[] };

const CHAINS_MOST = 200;
export const ChainsQuerySchema = z.strictObject({
  ids: z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(IdSchema).max(CHAINS_MOST))
    .default([]),
});
export type ChainsQuery = z.infer<typeof ChainsQuerySchema>;
