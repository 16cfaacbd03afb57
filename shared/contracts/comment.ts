import { z } from 'zod';
import { MomentSchema, TextSchema } from './common.ts';
import { AttachmentsSchema } from './file.ts';
import { IdSchema } from './id.ts';

export const CommentSchema = z.strictObject({
  id: IdSchema,
  eventId: IdSchema,
  authorId: IdSchema,
  body: z.string(),
  /** Users named with @; they get a notice if they may see the event. */
  mentionIds: z.array(IdSchema),
  attachments: AttachmentsSchema,
  createdAt: MomentSchema,
  editedAt: MomentSchema.nullable(),
  /** A removed comment stays as a line «удалён»; its body is empty. */
  deletedAt: MomentSchema.nullable(),
  version: z.number().int(),
});
export type Comment = z.infer<typeof CommentSchema>;

const BodySchema = TextSchema(4000).refine((body) => body.trim().length > 0, { error: 'empty' });

/** A comment may carry its id, so that a repeated send does not double it. */
export const CommentCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  body: BodySchema,
  mentionIds: z.array(IdSchema).max(20).default([]),
});
export type CommentCreate = z.infer<typeof CommentCreateSchema>;
export const CommentEditSchema = z.strictObject({
  body: BodySchema,
  mentionIds: z.array(IdSchema).max(20).default([]),
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
    .pipe(z.array(IdSchema).min(1).max(20)),
});
