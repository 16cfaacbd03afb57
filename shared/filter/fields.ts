import { DUE_STATES, IMPORTANCES, STATUSES, VISIBILITIES } from '../contracts/event.ts';
import { EVENT_TYPES, MODULES } from '../contracts/modules.ts';

/** What a filter may ask of one field of an event. */
export type Field = {
  /** Where the field stands in the stored document and in the event of the contract. */
  path: string;
  kind: 'set' | 'time' | 'flag';
  /** The document holds a list of values. */
  multi?: true;
  /** The values stand in this order from low to high, so the text form compares: `importance>=high`. */
  ordered?: true;
  /** All values there are; absent when the values are ids. */
  values?: readonly string[];
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
  batch: { path: 'source.batchId', kind: 'set', ref: 'batch', userFilterable: true, share: 0.05 },
  occurred: { path: 'occurredAt', kind: 'time', userFilterable: true },
  recorded: { path: 'recordedAt', kind: 'time', userFilterable: true },
  dueAt: { path: 'dueAt', kind: 'time', userFilterable: true },
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
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;
type NamesWhere<Shape> = { [N in FieldName]: (typeof FIELDS)[N] extends Shape ? N : never }[FieldName];
export type SetField = NamesWhere<{ kind: 'set' }>;
export type TimeField = NamesWhere<{ kind: 'time' }>;
export type ExistsField = NamesWhere<{ existsPath: string }>;

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];
/** The names that a user may write, for suggestions. */
export const USER_FIELDS = FIELD_NAMES.filter((name) => FIELDS[name].userFilterable);

export const isFieldName = (name: unknown): name is FieldName =>
  typeof name === 'string' && Object.hasOwn(FIELDS, name);

/** The registry's entry with its optional properties visible to the type checker. */
export const fieldOf = (name: FieldName): Field => FIELDS[name];
