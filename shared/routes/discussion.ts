import { z } from 'zod';
import {
  BlindQuerySchema,
  CommentCreateSchema,
  CommentEditSchema,
  CommentFoundSchema,
  CommentSchema,
  CommentSearchSchema,
} from '../contracts/comment.ts';
import { PageQuerySchema, pageOf } from '../contracts/common.ts';
import { IdSchema } from '../contracts/id.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

export const DISCUSSION_ROUTES = routes({
  'GET /events/:id/comments': {
    right: 'signed-in',
    query: PageQuerySchema,
    answers: { 200: pageOf(CommentSchema).extend({ refs: RefsSchema }) },
  },
  'GET /comments': {
    right: 'signed-in',
    query: CommentSearchSchema,
    answers: { 200: z.strictObject({ items: z.array(CommentFoundSchema), refs: RefsSchema }) },
  },
  // Those of some people who may not see the event.
  'GET /events/:id/blind': {
    right: 'signed-in',
    query: BlindQuerySchema,
    answers: { 200: z.strictObject({ blind: z.array(IdSchema) }) },
  },
  'POST /events/:id/comments': {
    right: 'signed-in',
    body: CommentCreateSchema,
    key: true,
    // 200: it was sent before.
    answers: { 201: CommentSchema, 200: CommentSchema },
  },
  'PATCH /comments/:id': {
    right: 'signed-in',
    body: CommentEditSchema,
    key: true,
    answers: { 200: CommentSchema },
  },
  'DELETE /comments/:id': { right: 'signed-in', key: true, answers: { 200: CommentSchema } },
});
