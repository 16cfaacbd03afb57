import { z } from 'zod';
import { LineSchema, MomentSchema, TextSchema } from './common.ts';
import { AttachmentsSchema } from './file.ts';
import { IdSchema } from './id.ts';
import { ROLES } from './user.ts';

/** A fixed few, so that they read the same to everybody. Labels: `comment.reaction.*`. */
export const REACTIONS = ['agree', 'done', 'looking', 'thanks', 'question'] as const;
export type Reaction = (typeof REACTIONS)[number];

/** Many who are named at once: all of a role, or of a department. `name`: as the comment says it after its @. */
export const MentionGroupSchema = z.union([
  z.strictObject({ role: z.enum(ROLES), name: LineSchema(60) }),
  z.strictObject({ department: LineSchema(60), name: LineSchema(60) }),
]);
export type MentionGroup = z.infer<typeof MentionGroupSchema>;

export const CommentSchema = z.strictObject({
  id: IdSchema,
  eventId: IdSchema,
  authorId: IdSchema,
  body: z.string(),
  /** Users named with @; they get a notice if they may see the event. */
  mentionIds: z.array(IdSchema),
  groups: z.array(MentionGroupSchema).optional(),
  /** The comment of the same event that it answers. */
  replyToId: IdSchema.optional(),
  /** The customer of the order reads it on the order's page, while they agree to be told. */
  isPublic: z.boolean().optional(),
  /** To the customer of which order, and of no other, wherever the event stands by now; absent: of that of the event. */
  shownIn: IdSchema.optional(),
  /** Who has said what by a sign; absent: nobody has. */
  reactions: z.partialRecord(z.enum(REACTIONS), z.array(IdSchema)).optional(),
  attachments: AttachmentsSchema,
  createdAt: MomentSchema,
  editedAt: MomentSchema.nullable(),
  /** A removed comment stays as a line «удалён»; its body is empty. */
  deletedAt: MomentSchema.nullable(),
  /** Absent: not removed, or nobody knows any more. */
  deletedBy: IdSchema.optional(),
  version: z.number().int(),
});
export type Comment = z.infer<typeof CommentSchema>;

const BodySchema = TextSchema(4000).refine((body) => body.trim().length > 0, { error: 'empty' });

const named = {
  mentionIds: z.array(IdSchema).max(20).default([]),
  groups: z.array(MentionGroupSchema).max(5).default([]),
};

/** So long a removed comment may be brought back. */
export const RESTORABLE_MS = 60 * 60_000;

/** A comment may carry its id, so that a repeated send does not double it. */
export const CommentCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  body: BodySchema,
  ...named,
  replyToId: IdSchema.optional(),
  isPublic: z.boolean().optional(),
});
export type CommentCreate = z.infer<typeof CommentCreateSchema>;
export const CommentEditSchema = z.strictObject({
  body: BodySchema,
  ...named,
  isPublic: z.boolean().optional(),
});
export type CommentEdit = z.infer<typeof CommentEditSchema>;

/** Query of `GET /api/comments`: the words that a comment has, as the search of events reads them. */
export const CommentSearchSchema = z.strictObject({
  search: z.string().max(200),
  limit: z.coerce.number().int().min(1).max(20).default(4),
});
export type CommentSearch = z.infer<typeof CommentSearchSchema>;
/** A comment that was found, and what it is about. */
export const CommentFoundSchema = z.strictObject({
  comment: CommentSchema,
  event: z.strictObject({ id: IdSchema, title: z.string() }),
});
export type CommentFound = z.infer<typeof CommentFoundSchema>;

/** Query of `GET /api/events/:id/blind`: which of these people may not see the event. */
export const BlindQuerySchema = z.strictObject({
  ids: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(IdSchema).min(1).max(200)),
});

/** `POST /api/comments/:id/reactions`: a sign is put, or taken away; twice is once. */
export const ReactSchema = z.strictObject({ kind: z.enum(REACTIONS), on: z.boolean() });
export type React = z.infer<typeof ReactSchema>;

/** What a comment was, from `at` until the next one; newest first. */
export const CommentVersionSchema = z.strictObject({ at: MomentSchema, body: z.string() });
export type CommentVersion = z.infer<typeof CommentVersionSchema>;

/** How far somebody has read: all comments that were written until then. */
export const ReaderSchema = z.strictObject({ userId: IdSchema, readAt: MomentSchema });
export type Reader = z.infer<typeof ReaderSchema>;
export const ReadSchema = z.strictObject({ commentId: IdSchema });

/** True: every comment is told to me; false: none is, but where I am named; null: as usual, once I have written one. */
export const FollowSchema = z.strictObject({ follows: z.boolean().nullable() });
export type Follow = z.infer<typeof FollowSchema>;

/** Beside the comments of an event: who has read how far, the latest first, and whether they are told to the asker. */
export const aroundComments = { readers: z.array(ReaderSchema), follows: FollowSchema.shape.follows };
