import type { Comment, MentionGroup, Reaction } from '@svodka/shared/contracts/comment';
import type { Attachment } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { Schema } from 'mongoose';
import type { AskedFor } from '../events/event.schema.ts';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** What a removed comment said, for as long as it may be brought back. Hidden. */
type Removed = Pick<CommentDoc, 'body' | 'terms' | 'mentionIds' | 'groups' | 'attachments' | 'history'>;

/** How far somebody has read the comments of an event, and whether they follow it. Its id follows from both. */
export type ReaderDoc = {
  _id: Id;
  eventId: Id;
  userId: Id;
  /** When the last comment that was read was written; null: none was. */
  readAt: Date | null;
  /** Null: as usual. */
  follows: boolean | null;
  /** Since when comments are told; null: they are not. */
  followsAt: Date | null;
};
export const READERS = 'comment_readers';

/** A comment as it is stored. */
export type CommentDoc = {
  _id: Id;
  eventId: Id;
  authorId: Id;
  body: string;
  /** Words for the search. Hidden. */
  terms: string[];
  mentionIds: Id[];
  groups?: MentionGroup[];
  replyToId?: Id;
  isPublic?: boolean;
  /** To the customer of which order it is shown; absent in old data. */
  shownIn?: Id;
  reactions?: Partial<Record<Reaction, Id[]>>;
  attachments?: Attachment[];
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
  deletedBy?: Id | null;
  removed?: Removed | null;
  /** What it said before, oldest first; the newest of many. */
  history?: { at: Date; body: string }[];
  version: number;
  /** Who changed it last; for the access log. */
  touched?: Touched;
  /** The newest requests of changes that may be repeated; see `AskedFor` of an event. */
  asked?: (AskedFor & { at: Date })[];
};

export const ASKED_INSIDE = 20;
export const HISTORY_INSIDE = 20;

export const CommentSchema = new Schema<CommentDoc>(
  {
    _id: { type: String, required: true },
    eventId: { type: String, required: true },
    authorId: { type: String, required: true },
    body: { type: String, default: '' },
    terms: { type: [String], default: [] },
    mentionIds: { type: [String], default: [] },
    groups: { type: [Schema.Types.Mixed], default: undefined },
    replyToId: { type: String },
    isPublic: { type: Boolean },
    shownIn: { type: String },
    reactions: { type: Schema.Types.Mixed },
    attachments: { type: [Schema.Types.Mixed], default: undefined },
    createdAt: { type: Date, required: true },
    editedAt: { type: Date, default: null },
    deletedAt: { type: Date, default: null },
    deletedBy: { type: String },
    removed: { type: Schema.Types.Mixed },
    history: { type: [Schema.Types.Mixed], default: undefined },
    version: { type: Number, required: true },
    touched: { type: Schema.Types.Mixed },
    asked: { type: [{ _id: false, key: String, hash: String, at: Date }], default: undefined },
  },
  { collection: 'comments', versionKey: false, autoIndex: false, autoCreate: false },
);

export const DISCUSSION_INDEXES: CollectionPlan[] = [
  {
    collection: 'comments',
    images: true,
    indexes: [
      { key: { eventId: 1, createdAt: 1, _id: 1 } },
      // For deciding again about the last day when the change log has been lost.
      { key: { createdAt: 1 } },
      // For looking again at what was removed or changed just before a process died.
      { key: { deletedAt: 1 }, partialFilterExpression: { deletedAt: { $type: 'date' } } },
      { key: { editedAt: 1 }, partialFilterExpression: { editedAt: { $type: 'date' } } },
    ],
  },
  { collection: READERS, images: true, indexes: [{ key: { eventId: 1, readAt: -1 } }] },
];

/** A comment as it travels. */
export function toComment({ _id, createdAt, editedAt, deletedAt, touched, ...fields }: CommentDoc): Comment {
  return {
    id: _id,
    eventId: fields.eventId,
    authorId: fields.authorId,
    body: fields.body,
    mentionIds: fields.mentionIds,
    ...(fields.groups?.length && { groups: fields.groups }),
    ...(fields.replyToId && { replyToId: fields.replyToId }),
    ...(fields.isPublic && { isPublic: true, ...(fields.shownIn && { shownIn: fields.shownIn }) }),
    ...(fields.reactions && { reactions: fields.reactions }),
    ...(fields.attachments && { attachments: fields.attachments }),
    createdAt: createdAt.toISOString(),
    editedAt: editedAt?.toISOString() ?? null,
    deletedAt: deletedAt?.toISOString() ?? null,
    // Older ones do not say by whom: their last write was the removal.
    ...(deletedAt && deletedByOf(fields.deletedBy ?? touched?.by)),
    version: fields.version,
  };
}

const deletedByOf = (by: Id | null | undefined) => by && { deletedBy: by };
