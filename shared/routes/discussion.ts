import { z } from 'zod';
import {
  aroundComments,
  BlindQuerySchema,
  CommentCreateSchema,
  CommentEditSchema,
  CommentFoundSchema,
  CommentSchema,
  CommentSearchSchema,
  CommentVersionSchema,
  FollowSchema,
  ReactSchema,
  ReaderSchema,
  ReadSchema,
} from '../contracts/comment.ts';
import { PageQuerySchema, pageOf } from '../contracts/common.ts';
import { SvodkaEventSchema } from '../contracts/event.ts';
import { IdSchema } from '../contracts/id.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { routes } from './route.ts';

/** Null: nobody has said anything yet. */
const whole = {
  right: 'directory.read',
  answers: { 200: z.strictObject({ event: SvodkaEventSchema.nullable() }) },
} as const;
const wholeWords = {
  right: 'directory.read',
  body: CommentCreateSchema,
  key: true,
  answers: { 201: z.strictObject({ event: SvodkaEventSchema }) },
  errors: ['forbidden'],
} as const;

export const DISCUSSION_ROUTES = routes({
  'GET /events/:id/comments': {
    right: 'signed-in',
    query: PageQuerySchema,
    answers: { 200: pageOf(CommentSchema).extend({ refs: RefsSchema, ...aroundComments }) },
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
    errors: ['forbidden'],
  },
  'POST /events/:id/read': { right: 'signed-in', body: ReadSchema, answers: { 201: ReaderSchema } },
  'POST /events/:id/follow': { right: 'signed-in', body: FollowSchema, answers: { 201: FollowSchema } },
  // What is said about an order or a counterparty as a whole stands at an event of its own, made with the first words.
  'GET /projects/:id/discussion': whole,
  'POST /projects/:id/discussion': wholeWords,
  'GET /counterparties/:id/discussion': whole,
  'POST /counterparties/:id/discussion': wholeWords,
  'PATCH /comments/:id': {
    right: 'signed-in',
    body: CommentEditSchema,
    key: true,
    answers: { 200: CommentSchema },
  },
  'GET /comments/:id/history': {
    right: 'signed-in',
    answers: { 200: z.strictObject({ items: z.array(CommentVersionSchema) }) },
  },
  'POST /comments/:id/reactions': { right: 'signed-in', body: ReactSchema, answers: { 201: CommentSchema } },
  // By who has removed it, within the hour.
  'POST /comments/:id/restore': {
    right: 'signed-in',
    bare: true,
    key: true,
    answers: { 201: CommentSchema },
  },
  'DELETE /comments/:id': { right: 'signed-in', key: true, answers: { 200: CommentSchema } },
});
