import { DUE_STATES, IMPORTANCES, STATUSES, VISIBILITIES } from '../contracts/event.ts';
import { EVENT_TYPES, MODULES } from '../contracts/modules.ts';
import { MILESTONE_CODES, ORDER_FLAGS, ORDER_TEMPLATES, PROJECT_STATUSES } from '../contracts/order-codes.ts';

/** What there are filters of: each field belongs to one of them. */
export type Subject = 'events' | 'orders';

/** What a filter may ask of one field of an event or an order. */
export type Field = {
  /** Of events, where nothing is said. */
  of?: 'orders';
  /** Where the field stands in the stored document, and in the event of the contract. */
  path: string;
  kind: 'set' | 'time' | 'flag';
  /** The document holds a list of values. */
  multi?: true;
  /** The values stand in this order from low to high, so the text form compares: `importance>=high`. */
  ordered?: true;
  /** All values there are; absent when the values are ids. */
  values?: readonly string[];
  /** What their labels are called, if not by the field's name: `project.status`. */
  labels?: string;
  /** Whose ids the values are: the `kind` that a sentence's `names` is asked with. */
  ref?: 'project' | 'counterparty' | 'user' | 'batch' | 'department';
  /** `{exists}` may be asked; it looks at this path. */
  existsPath?: string;
  /** This value is one only where `path` has a value too: «срок ещё не скоро» needs a deadline. */
  needs?: { value: string; path: string };
  /** False: for permission filters only; refused to users. */
  userFilterable: boolean;
  /** Rough share of events that carry one given value: the matcher indexes a filter by its rarest clause. */
  share?: number;
};

/** Gives the name that stands for an id («№ 318», «Лаврентьева М. П.»); undefined when it is not known. */
export type Names = (kind: NonNullable<Field['ref']>, id: string) => string | undefined;

/** A field of those milestones that are in some state. */
function milestones<P extends string>(path: P) {
  return {
    of: 'orders',
    path,
    kind: 'set',
    multi: true,
    values: MILESTONE_CODES,
    labels: 'milestone',
    existsPath: path,
    userFilterable: true,
  } as const;
}

/** The one list of fields of the filter language. */
export const FIELDS = {
  // The document's `_id`, the contract's `id`: an open event pane is a feed of one event.
  id: { path: '_id', kind: 'set', userFilterable: true, share: 0.00001 },
  module: { path: 'module', kind: 'set', values: MODULES, userFilterable: true, share: 0.1 },
  type: { path: 'type', kind: 'set', values: EVENT_TYPES, userFilterable: true, share: 0.02 },
  importance: {
    path: 'importance',
    kind: 'set',
    ordered: true,
    values: IMPORTANCES,
    userFilterable: true,
    share: 0.25,
  },
  status: { path: 'status', kind: 'set', values: STATUSES, userFilterable: true, share: 0.4 },
  due: {
    path: 'dueState',
    kind: 'set',
    values: DUE_STATES,
    needs: { value: 'none', path: 'dueAt' },
    existsPath: 'dueAt',
    userFilterable: true,
    share: 0.2,
  },
  project: {
    path: 'projectId',
    kind: 'set',
    ref: 'project',
    existsPath: 'projectId',
    userFilterable: true,
    share: 0.002,
  },
  counterparty: {
    path: 'counterpartyIds',
    kind: 'set',
    multi: true,
    ref: 'counterparty',
    existsPath: 'counterpartyIds',
    userFilterable: true,
    share: 0.004,
  },
  author: {
    path: 'author.userId',
    kind: 'set',
    ref: 'user',
    existsPath: 'author.userId',
    userFilterable: true,
    share: 0.05,
  },
  holder: {
    path: 'claim.by',
    kind: 'set',
    ref: 'user',
    existsPath: 'claim.by',
    userFilterable: true,
    share: 0.01,
  },
  batch: { path: 'source.batchId', kind: 'set', ref: 'batch', userFilterable: true, share: 0.05 },
  // What an event carries itself; what its comments carry is theirs.
  files: { path: 'attachments', kind: 'flag', multi: true, existsPath: 'attachments', userFilterable: true },
  occurred: { path: 'occurredAt', kind: 'time', userFilterable: true },
  recorded: { path: 'recordedAt', kind: 'time', userFilterable: true },
  dueAt: { path: 'dueAt', kind: 'time', userFilterable: true },
  snoozed: { path: 'snooze.until', kind: 'time', userFilterable: true },
  visibility: { path: 'visibility', kind: 'set', values: VISIBILITIES, userFilterable: false, share: 0.5 },
  department: {
    path: 'departmentId',
    kind: 'set',
    ref: 'department',
    existsPath: 'departmentId',
    userFilterable: false,
    share: 0.2,
  },
  audience: {
    path: 'audienceIds',
    kind: 'set',
    multi: true,
    ref: 'user',
    userFilterable: false,
    share: 0.1,
  },
  deleted: { path: 'deletedAt', kind: 'flag', existsPath: 'deletedAt', userFilterable: false },

  // Of orders. What of a chain is asked for stands on its line (`shared/rules/orders/line.ts`).
  stage: {
    of: 'orders',
    path: 'status',
    kind: 'set',
    ordered: true,
    values: PROJECT_STATUSES,
    labels: 'project.status',
    userFilterable: true,
  },
  manager: {
    of: 'orders',
    path: 'managerId',
    kind: 'set',
    ref: 'user',
    existsPath: 'managerId',
    userFilterable: true,
  },
  appointed: {
    of: 'orders',
    path: 'appointedIds',
    kind: 'set',
    multi: true,
    ref: 'user',
    existsPath: 'appointedIds',
    userFilterable: true,
  },
  customer: {
    of: 'orders',
    path: 'counterpartyId',
    kind: 'set',
    ref: 'counterparty',
    existsPath: 'counterpartyId',
    userFilterable: true,
  },
  flag: {
    of: 'orders',
    path: 'line.keys.flags',
    kind: 'set',
    multi: true,
    values: ORDER_FLAGS,
    userFilterable: true,
  },
  // The day that the customer waits for, as its noon where the order lives: the same day for readers of other zones.
  install: {
    of: 'orders',
    path: 'line.keys.at',
    kind: 'time',
    existsPath: 'line.keys.at',
    userFilterable: true,
  },
  next: {
    of: 'orders',
    path: 'line.next',
    kind: 'set',
    values: MILESTONE_CODES,
    labels: 'milestone',
    existsPath: 'line.next',
    userFilterable: true,
  },
  late: milestones('line.keys.overdue'),
  stopped: milestones('line.keys.blocked'),
  reached: milestones('line.keys.done'),
  template: {
    of: 'orders',
    path: 'line.keys.template',
    kind: 'set',
    values: ORDER_TEMPLATES,
    labels: 'order.template',
    userFilterable: true,
  },
  debt: {
    of: 'orders',
    path: 'line.keys.owed',
    kind: 'flag',
    existsPath: 'line.keys.owed',
    userFilterable: true,
  },
  created: { of: 'orders', path: 'createdAt', kind: 'time', userFilterable: true },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;
type NamesWhere<Shape> = { [N in FieldName]: (typeof FIELDS)[N] extends Shape ? N : never }[FieldName];
export type SetField = NamesWhere<{ kind: 'set' }>;
export type TimeField = NamesWhere<{ kind: 'time' }>;
export type ExistsField = NamesWhere<{ existsPath: string }>;

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** The registry's entry with its optional properties visible to the type checker. */
export const fieldOf = (name: FieldName): Field => FIELDS[name];

/** Of what there is such a field. */
export const subjectOf = (name: FieldName): Subject => fieldOf(name).of ?? 'events';
const userFields = (subject: Subject): FieldName[] =>
  FIELD_NAMES.filter((name) => subjectOf(name) === subject && FIELDS[name].userFilterable);
/** The names that a user may write, for suggestions. */
export const USER_FIELDS: Record<Subject, FieldName[]> = {
  events: userFields('events'),
  orders: userFields('orders'),
};

export const isFieldName = (name: unknown): name is FieldName =>
  typeof name === 'string' && Object.hasOwn(FIELDS, name);
