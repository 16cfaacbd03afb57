import { z } from 'zod';
import { CalendarDateSchema, MomentSchema, refusePeriod } from './common.ts';
import { IdSchema } from './id.ts';
import { EVENT_TYPES, type EventType } from './modules.ts';
import { MILESTONE_CODES, ORDER_TEMPLATES, PROJECT_STATUSES } from './order-codes.ts';

const MilestoneStateSchema = z.enum([
  'planned',
  'approaching',
  'due',
  'overdue',
  'done',
  'skipped',
  'blocked',
]);
export type MilestoneState = z.infer<typeof MilestoneStateSchema>;

/** Who sees to a milestone. */
const MilestoneOwnerSchema = z.enum([
  'measurer',
  'orders',
  'finance',
  'warehouse',
  'production',
  'fgwarehouse',
  'logistics',
  'crew',
  'manager',
]);
export type MilestoneOwner = z.infer<typeof MilestoneOwnerSchema>;

const CodeSchema = z.enum(MILESTONE_CODES);
const TypeSchema = z.enum(EVENT_TYPES as [EventType, ...EventType[]]);
/** `2026-11-27`, in the order's zone. */
const DaySchema = z.iso.date();
const KopSchema = z.number().int();
/** Working days; negative: earlier. */
const WorkingDaysSchema = z.number().int();
/** `total`: null while nobody has said how many there will be. */
const ProgressSchema = z.strictObject({ done: z.number(), total: z.number().nullable() });

/** An event as a cause: what it says beside its type. To who may not read it, it has neither id nor words. */
const NamedFactSchema = z.strictObject({
  eventId: IdSchema.nullable(),
  type: TypeSchema,
  on: DaySchema,
  text: z.string(),
});
export type NamedFact = z.infer<typeof NamedFactSchema>;

/**
 * A link of the chain of causes. `late`: done later than planned · `waiting`: due, and not done · `held`: a fact holds
 * it up · `set`: somebody chose this day · `follows`: what it needs is late, which the next link tells.
 */
const CauseSchema = z.strictObject({
  code: CodeSchema,
  slipWd: WorkingDaysSchema,
  kind: z.enum(['late', 'waiting', 'held', 'set', 'follows']),
  fact: NamedFactSchema.nullable(),
});
export type Cause = z.infer<typeof CauseSchema>;

export const CHAIN_EDITS = ['skip', 'add', 'move', 'undo'] as const;
/** What a person has decided about one milestone of one order. The newest of a milestone holds. */
const MadeChainEditSchema = z.strictObject({
  code: CodeSchema,
  /** `undo`: as the template and the events have it. */
  kind: z.enum(CHAIN_EDITS),
  /** Where a moved one is planned. */
  on: DaySchema.nullable(),
  reason: z.string(),
  by: IdSchema.nullable(),
  at: MomentSchema,
});
export type ChainEdit = z.infer<typeof MadeChainEditSchema>;

/** Days are null where a skipped milestone has none. */
const MilestoneSchema = z.strictObject({
  code: CodeSchema,
  state: MilestoneStateSchema,
  owner: MilestoneOwnerSchema,
  needs: z.array(z.strictObject({ code: CodeSchema, lagWd: WorkingDaysSchema })),
  /** What of its gate is not there yet. */
  waitsFor: z.array(CodeSchema),
  /** As the template had it when the order began, from the contract on as of the contract. */
  baselineOn: DaySchema.nullable(),
  plannedOn: DaySchema.nullable(),
  /** What the customer was told. Only people change it. */
  promisedOn: DaySchema.nullable(),
  forecastOn: DaySchema.nullable(),
  actualOn: DaySchema.nullable(),
  progress: ProgressSchema,
  /** After the promised (else the planned) day, and after the baseline. */
  slipWd: WorkingDaysSchema,
  baselineSlipWd: WorkingDaysSchema,
  /** Why it is late; empty where it is not. */
  why: z.array(CauseSchema),
  /** What a person has decided of it. */
  edit: MadeChainEditSchema.nullable(),
});
export type Milestone = z.infer<typeof MilestoneSchema>;

/**
 * Kopecks. `paid`: less what was given back. `debt`: below none when more was paid than agreed; null without a
 * contract's sum. `overdue`: of the debt, what should have been here by now.
 */
const MoneySchema = z.strictObject({
  contractKop: KopSchema.nullable(),
  paidKop: KopSchema,
  refundedKop: KopSchema,
  debtKop: KopSchema.nullable(),
  overdueKop: KopSchema,
});
export type OrderMoney = z.infer<typeof MoneySchema>;

/**
 * Money of a counterparty over its orders and what names none (`loose`, which is in `paid` too). `debt`: below none
 * when they have paid more than they owe. Null: sums are not for this reader.
 */
export const PartyMoneySchema = z.strictObject({
  money: MoneySchema.extend({ contractKop: KopSchema, debtKop: KopSchema, looseKop: KopSchema }).nullable(),
  /** Of so many orders. */
  orders: z.number().int(),
  /** False: there is more than is added up. */
  isWhole: z.boolean(),
});
export type PartyMoney = z.infer<typeof PartyMoneySchema>;

/**
 * What does not fit together. `before`: done earlier than what it needs · `without`: done, and what it needs is not ·
 * `unsigned`: paid in full without a contract · `goods`: more shipped than had come · `early`: a crew is to come before
 * the goods · `promised`: earlier than it can be · `crews`: another crew came than was sent · `debt`: closed by hand with
 * money owed · `date`: a fact whose day cannot be, left out · `amount`: card and contract name different sums · `overpaid`.
 */
export const CONTRADICTION_KINDS = [
  'before',
  'without',
  'unsigned',
  'goods',
  'early',
  'promised',
  'crews',
  'debt',
  'date',
  'amount',
  'overpaid',
] as const;
const ContradictionSchema = z.strictObject({
  kind: z.enum(CONTRADICTION_KINDS),
  code: CodeSchema.nullable(),
  needs: CodeSchema.nullable(),
  fact: NamedFactSchema.nullable(),
});
export type ChainContradiction = z.infer<typeof ContradictionSchema>;

/** How many, and the events that say so: those of them that the reader may read. */
const GoodsFigureSchema = z.strictObject({ n: z.number(), eventIds: z.array(IdSchema) });
export type GoodsFigure = z.infer<typeof GoodsFigureSchema>;
/** One of the goods that events name one by one. */
const OrderItemSchema = z.strictObject({
  item: z.string(),
  state: z.enum(['arrived', 'defective', 'prepared', 'shipped']),
  eventId: IdSchema,
});
export type OrderItem = z.infer<typeof OrderItemSchema>;
const WaybillSchema = z.strictObject({
  docNo: z.string(),
  kind: z.enum(['material', 'shipment']),
  on: DaySchema,
  eventId: IdSchema,
});
export type Waybill = z.infer<typeof WaybillSchema>;
const MaterialLineSchema = z.strictObject({
  /** Empty: what is meant was not said. */
  material: z.string(),
  quantity: z.string(),
  state: z.enum(['reserved', 'partly', 'shortage', 'received']),
  on: DaySchema,
  eventId: IdSchema,
});
export type MaterialLine = z.infer<typeof MaterialLineSchema>;

/** Goods and materials of an order. */
const OrderGoodsSchema = z.strictObject({
  /** Null while nobody has said how many there will be. */
  total: z.number().nullable(),
  arrived: GoodsFigureSchema,
  defective: GoodsFigureSchema,
  shipped: GoodsFigureSchema,
  /** Since when all of them are there. */
  completeOn: DaySchema.nullable(),
  items: z.array(OrderItemSchema),
  waybills: z.array(WaybillSchema),
  reserve: z.enum(['none', 'reserved', 'partly', 'shortage']),
  materials: z.array(MaterialLineSchema),
});
export type OrderGoods = z.infer<typeof OrderGoodsSchema>;

const FlagSchema = z.enum(['paused', 'cancelled', 'complaint']);

/** What every form of a chain tells. */
const told = {
  /** What the events make of it, whatever somebody has set. */
  status: z.enum(PROJECT_STATUSES),
  flags: z.array(FlagSchema),
  /** Null: sums are not for this reader. */
  money: MoneySchema.nullable(),
  /** The newest of its facts. */
  lastFact: z.strictObject({ type: TypeSchema, at: MomentSchema }).nullable(),
};

/** A milestone in a row of a list. */
const LineMilestoneSchema = MilestoneSchema.pick({
  code: true,
  state: true,
  slipWd: true,
  progress: true,
  plannedOn: true,
  promisedOn: true,
  forecastOn: true,
  actualOn: true,
});
export type LineMilestone = z.infer<typeof LineMilestoneSchema>;

/** A stage of an order: when it is installed and by whom, and those milestones that each stage has for itself. */
const StageSchema = z.strictObject({
  stage: z.number().int(),
  /** `crew`: as the event names it. Null: nobody has named a day. */
  work: z
    .strictObject({
      startOn: DaySchema,
      finishOn: DaySchema,
      crew: z.string().nullable(),
      state: z.enum(['planned', 'started', 'done', 'failed']),
    })
    .nullable(),
  /** Empty where an order has one stage: its chain is the order's. */
  milestones: z.array(LineMilestoneSchema),
});
export type OrderStage = z.infer<typeof StageSchema>;

export const OrderChainSchema = z.strictObject({
  ...told,
  template: z.enum(ORDER_TEMPLATES),
  todayOn: DaySchema,
  milestones: z.array(MilestoneSchema),
  /** Of an order without stages one, once its installation has a day. */
  stages: z.array(StageSchema),
  goods: OrderGoodsSchema,
  contradictions: z.array(ContradictionSchema),
  /** Years of which the working calendar knows nothing: in them Monday to Friday were counted. */
  yearsUnknown: z.array(z.number().int()),
  /** False: the order has more facts than are read, and the oldest were left out. */
  isWhole: z.boolean(),
});
export type OrderChain = z.infer<typeof OrderChainSchema>;

/** A milestone that is expected on another day by something that is about to be done. */
export const ChainMoveSchema = z.strictObject({ code: CodeSchema, from: DaySchema, to: DaySchema });
export type ChainMove = z.infer<typeof ChainMoveSchema>;

/** A milestone that is to be done by a day (`dueOnOf`), as the calendar of deadlines shows it. */
export const MilestoneDueSchema = LineMilestoneSchema.omit({ actualOn: true }).extend({
  projectId: IdSchema,
  on: DaySchema,
  /** Somebody has chosen the planned day. */
  isMoved: z.boolean(),
});
export type MilestoneDue = z.infer<typeof MilestoneDueSchema>;

export const MilestonesQuerySchema = z
  .strictObject({
    from: CalendarDateSchema,
    to: CalendarDateSchema,
    /** `mine`: of the orders that the reader manages or is appointed to. */
    of: z.enum(['mine', 'all']).default('all'),
    /** Only of these orders. */
    projects: z
      .string()
      .transform((text) => text.split(',').filter(Boolean))
      .pipe(z.array(IdSchema).max(200))
      .optional(),
  })
  .superRefine(refusePeriod);
export type MilestonesQuery = z.infer<typeof MilestonesQuerySchema>;

/** What of a chain stands on its order, so that lists are sorted and filtered by it. */
export const OrderLineSchema = z.strictObject({
  ...told,
  /** Rises with every change of it. */
  version: z.number().int(),
  milestones: z.array(LineMilestoneSchema),
  /** What the customer waits for: the installation, or without one the last thing that is done for them. */
  target: z
    .strictObject({
      code: CodeSchema,
      on: DaySchema,
      slipWd: WorkingDaysSchema,
      baselineSlipWd: WorkingDaysSchema,
      isDone: z.boolean(),
    })
    .nullable(),
  /** The first milestone that is not done and waits for nothing. */
  next: CodeSchema.nullable(),
  isLate: z.boolean(),
  /** Why it is late, without the words of the events that made it so; empty where it is not. */
  why: z.array(CauseSchema),
  /** Higher is worse; none: nothing is to be done, or nobody waits. */
  risk: z.number(),
  items: ProgressSchema,
  /** Stages of the installation, and those of them of which nobody has named a day though it is time to. */
  stages: z.number().int(),
  undated: z.array(z.number().int()),
});
export type OrderLine = z.infer<typeof OrderLineSchema>;
