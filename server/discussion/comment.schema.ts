import type { Comment } from '@svodka/shared/contracts/comment';
import type { Attachment } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { Schema } from 'mongoose';
import type { AskedFor } from '../events/event.schema.ts';
import type { Touched } from '../platform/context/request-context.ts';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** A comment as it is stored. */
export type CommentDoc = {
  _id: Id;
  eventId: Id;
  authorId: Id;
  body: string;
  /** Words for the search. Hidden. */
  terms: string[];
  mentionIds: Id[];
  attachments?: Attachment[];
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
  version: number;
  /** Who changed it last; for the access log. */
  touched?: Touched;
  /** The newest requests of changes that may be repeated; see `AskedFor` of an event. */
  asked?: (AskedFor & { at: Date })[];
};

export const ASKED_INSIDE = 20;

export const CommentSchema = new Schema<CommentDoc>(
  {
    _id: { type: String, required: true },
    eventId: { type: String, required: true },
    authorId: { type: String, required: true },
    body: { type: String, default: '' },
    terms: { type: [String], default: [] },
    mentionIds: { type: [String], default: [] },
    attachments: { type: [Schema.Types.Mixed], default: undefined },
    createdAt: { type: Date, required: true },
    editedAt: { type: Date, default: null },
    deletedAt: { type: Date, default: null },
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
];

/** A comment as it travels. */
export function toComment({
  _id,
  createdAt,
  editedAt,
  deletedAt,
  touched: _touched,
  ...fields
}: CommentDoc): Comment {
  return {
    id: _id,
    eventId: fields.eventId,
    authorId: fields.authorId,
    body: fields.body,
    mentionIds: fields.mentionIds,
    ...(fields.attachments && { attachments: fields.attachments }),
    createdAt: createdAt.toISOString(),
    editedAt: editedAt?.toISOString() ?? null,
    deletedAt: deletedAt?.toISOString() ?? null,
    version: fields.version,
  };
}
