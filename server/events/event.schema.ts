import {
  DUE_STATES,
  type EventStatus,
  IMPORTANCES,
  type SvodkaEvent,
  SvodkaEventSchema,
} from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { Schema } from 'mongoose';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan, IndexPlan } from '../platform/mongo/collection-plan.ts';
import { type StoredShape, storedTypes } from '../platform/mongo/stored-shape.ts';

export type RevisionDoc = {
  rev: number;
  at: Date;
  by: Id | null;
  reason?: string;
  changes: Record<string, { from: unknown; to: unknown }>;
  /** Under which key its author asked for what; a repetition finds it while the revision is inside its event. */
  asked?: AskedFor;
};

/** A request that may be repeated. `hash`: of what was asked, so that a key does not stand for two things. */
export type AskedFor = { key: string; hash: string };

/** An event as it is stored: the fields of the contract, and what is hidden. */
type Wire = StoredShape<typeof SvodkaEventSchema.shape>;
export type EventDoc = Omit<Wire, 'source' | 'resolved' | 'claim' | 'snooze'> & {
  _id: Id;
  /** Absent on what nobody has ever claimed, or put off. */
  claim?: Wire['claim'];
  snooze?: Wire['snooze'];
  /**
   * `space`: who chose the key, so that no person can take the key of an import's row. Absent: an import.
   * `sent`: what its module said last, a hash for each field; by it the next word is told from the same word.
   */
  source: (SvodkaEvent['source'] & { space?: 'given'; sent?: Record<string, string> }) | null;
  /** `from`: what it was before, for when it is opened again; absent on older ones, which were open. */
  resolved: { at: Date; by: Id | null; from?: EventStatus } | null;

  /** Hidden from here on. Words for the search. */
  terms: string[];
  /** Those of them that come from comments; absent where nobody has commented. */
  commentTerms?: string[];
  /** Manager and appointed persons of the project; without a project the managers of its counterparties. */
  audienceIds: Id[];
  /** The project's counterparty, where it is in `counterpartyIds` only because of the project. */
  addedCounterpartyId: Id | null;
  /** Its own counterparties as somebody named them, where one of those stands for another by now. */
  namedIds?: Id[] | null;
  deletedBy: Id | null;
  /** Who deleted it or brought it back; for the access log. */
  touched?: Touched;
  /** When time alone changes it next: its due state, its claim, what it was put off for. */
  nextDueChangeAt: Date | null;
  /** Who created it under which key; a repetition with the same body finds it. Absent on imported events. */
  created?: { actorId: Id; key: string; bodyHash: string };
  /** The newest `REVISIONS_INSIDE`; older ones are in `event_revisions`. Oldest first. */
  revisions: RevisionDoc[];
};

/** A revision that had to leave its event. `_id` is `<event id>:<rev>`. */
export type OldRevisionDoc = RevisionDoc & { _id: string; eventId: Id };

export const REVISIONS_INSIDE = 50;

const revision = {
  rev: Number,
  at: Date,
  by: String,
  reason: String,
  changes: Schema.Types.Mixed,
  asked: { type: { key: String, hash: String }, _id: false },
};

export const EventSchema = new Schema<EventDoc>(
  {
    _id: String,
    ...storedTypes(SvodkaEventSchema.shape),
    deletedBy: String,
    touched: { type: Schema.Types.Mixed },
    terms: [String],
    commentTerms: { type: [String], default: undefined },
    audienceIds: [String],
    addedCounterpartyId: String,
    namedIds: { type: [String], default: undefined },
    nextDueChangeAt: Date,
    created: { type: { actorId: String, key: String, bodyHash: String }, _id: false },
    revisions: [{ ...revision, _id: false }],
  },
  { collection: 'events', versionKey: false, strict: 'throw', minimize: false },
);

/**
 * The fields by whose equality a list can be read in its order straight from an index. Every list is
 * (occurredAt desc, _id desc); `access-path.ts` chooses.
 */
export const ORDERED_BY = [
  'module',
  'type',
  'importance',
  'status',
  'dueState',
  'projectId',
  'counterpartyIds',
  'author.userId',
  'audienceIds',
  'terms',
] as const;

/** Name of the index of the days for which something is planned. */
export const PLANNED_DAY = 'planned day';

/** Name of the index of open events by their deadline. */
export const DUE_ORDER = 'open deadline';

/** Name of the index of the events to which files were ever attached; it has nothing of the others. */
export const WITH_FILES = 'with files';

/** Indexed like them, for the events that have it. */
export const BATCH = 'source.batchId';
/** Likewise; hardly any event is claimed at a time. */
export const HOLDER = 'claim.by';
export const SPARSE = [BATCH, HOLDER] as const;
export type IndexedField = (typeof ORDERED_BY)[number] | (typeof SPARSE)[number];

/** Name of the index of a field, or of the one over all events. */
export const indexNamed = (field: IndexedField | null): string => (field === null ? 'all' : `by ${field}`);

/** Most events have these: a walk along them would be the whole list, so no write pays for it. */
export const COMMON: Partial<Record<IndexedField, { value: string; others: string[] }>> = {
  importance: { value: 'normal', others: IMPORTANCES.filter((one) => one !== 'normal') },
  dueState: { value: 'none', others: DUE_STATES.filter((one) => one !== 'none') },
};

/** Of many events, above all of those that imports and modules bring, these are empty, and the empty are not looked for. */
const OFTEN_EMPTY: readonly string[] = ['counterpartyIds', 'author.userId', 'audienceIds'];

const ordered = (field: (typeof ORDERED_BY)[number] | null): IndexPlan => {
  const common = field && COMMON[field];
  const held = common ? { $in: common.others } : field && OFTEN_EMPTY.includes(field) && { $gt: '' };
  return {
    key: { ...(field && { [field]: 1 as const }), occurredAt: -1, _id: -1 },
    name: indexNamed(field),
    ...(field && held && { partialFilterExpression: { [field]: held } }),
  };
};

export const EVENTS_INDEXES: CollectionPlan[] = [
  {
    collection: 'events',
    images: true,
    indexes: [
      ordered(null),
      ...ORDERED_BY.map(ordered),
      // For deciding again about the last day when the change log has been lost.
      { key: { recordedAt: 1 }, name: 'recorded' },
      // Most events are of no import; those of one may be a hundred thousand.
      ...SPARSE.map((field) => ({
        key: { [field]: 1 as const, occurredAt: -1 as const, _id: -1 as const },
        name: indexNamed(field),
        partialFilterExpression: { [field]: { $exists: true } },
      })),
      {
        key: { occurredAt: -1, _id: -1 },
        name: WITH_FILES,
        partialFilterExpression: { attachments: { $exists: true } },
      },
      {
        key: { 'payload.startOn': 1 },
        name: PLANNED_DAY,
        partialFilterExpression: { 'payload.startOn': { $exists: true } },
      },
      {
        key: { dueAt: 1, _id: 1 },
        name: 'deadline',
        partialFilterExpression: { dueAt: { $type: 'date' } },
      },
      {
        key: { status: 1, dueAt: 1, _id: 1 },
        name: DUE_ORDER,
        partialFilterExpression: { status: 'open', dueAt: { $type: 'date' } },
      },
      {
        key: { nextDueChangeAt: 1 },
        name: 'due',
        partialFilterExpression: { nextDueChangeAt: { $type: 'date' } },
      },
      {
        // The key first: the rows of an import are looked for in all modules, as a type may have become another's.
        key: { 'source.externalId': 1, 'source.module': 1, 'source.space': 1 },
        name: 'source',
        unique: true,
        partialFilterExpression: { 'source.externalId': { $exists: true } },
      },
      {
        key: { 'created.actorId': 1, 'created.key': 1 },
        name: 'created',
        unique: true,
        partialFilterExpression: { 'created.key': { $exists: true } },
      },
    ],
  },
  {
    collection: 'event_revisions',
    images: false,
    indexes: [
      { key: { eventId: 1, rev: -1 }, name: 'of event' },
      // For retention.
      { key: { at: 1 }, name: 'age' },
    ],
  },
];
