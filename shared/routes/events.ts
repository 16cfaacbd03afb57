import { z } from 'zod';
import { BulkDoneSchema, BulkSchema } from '../contracts/bulk.ts';
import { PageQuerySchema, pageOf } from '../contracts/common.ts';
import {
  ClaimAskSchema,
  EventCreateSchema,
  EventEditSchema,
  RevisionSchema,
  SnoozeAskSchema,
  SvodkaEventSchema,
  WAITED_MOST_MS,
} from '../contracts/event.ts';
import { RefsSchema } from '../contracts/refs.ts';
import { COUNTED_FIELDS, CountSchema, ValueCountsSchema } from '../feed/feed.ts';
import { routes } from './route.ts';

/** A filter in the text form; longer than one that the parser accepts, so that the parser says what is wrong. */
const filtered = { filter: z.string().max(4_000).optional() };
export const OneEventSchema = z.strictObject({ event: SvodkaEventSchema, refs: RefsSchema });
/** A change of state: repeated, it changes nothing. */
const change = {
  right: 'signed-in',
  key: true,
  match: 'may',
  unstamped: true,
  answers: { 200: OneEventSchema },
} as const;

/** `ago`: how long it has waited, ms. It is no part of what is said: a repetition has another. */
const WrittenSchema = z.strictObject({
  ago: z.coerce.number().int().min(0).max(WAITED_MOST_MS).default(0),
});

/** One that may delete it or bring it back. */
const { unstamped: _, ...stamped } = change;

export const EVENT_ROUTES = routes({
  'POST /events': {
    right: 'signed-in',
    query: WrittenSchema,
    light: true,
    body: EventCreateSchema,
    key: true,
    unstamped: true,
    // 200: it was sent before.
    answers: { 201: OneEventSchema, 200: OneEventSchema },
  },
  'GET /events': {
    right: 'signed-in',
    // `due`: only what is open and has a deadline, the most overdue first; else the newest first.
    query: PageQuerySchema.extend({ ...filtered, order: z.enum(['due']).optional() }),
    // `more`: looking took too long; `next` goes on from where it ended.
    answers: { 200: pageOf(SvodkaEventSchema).extend({ more: z.boolean().optional(), refs: RefsSchema }) },
  },
  'GET /events/count': {
    right: 'signed-in',
    query: z.strictObject(filtered),
    answers: { 200: CountSchema },
  },
  'GET /events/values': {
    right: 'signed-in',
    query: z.strictObject({ ...filtered, field: z.enum(COUNTED_FIELDS) }),
    answers: { 200: ValueCountsSchema },
  },
  /** The most urgent of a feed that is open and held by nobody is the caller's from now on; null: there is none. */
  'POST /events/next': {
    right: 'signed-in',
    costly: true,
    body: z.strictObject(filtered),
    answers: { 200: z.strictObject({ event: SvodkaEventSchema.nullable(), refs: RefsSchema }) },
  },
  /** The same done to many, in slices; a dry run says beforehand what would be refused, and why. */
  'POST /events/bulk': {
    right: 'signed-in',
    costly: true,
    body: BulkSchema,
    key: true,
    answers: { 200: BulkDoneSchema },
  },
  'GET /events/:id': { right: 'signed-in', answers: { 200: OneEventSchema } },
  'PATCH /events/:id': {
    right: 'signed-in',
    body: EventEditSchema,
    key: true,
    match: 'must',
    unstamped: true,
    answers: { 200: OneEventSchema },
  },
  'POST /events/:id/resolve': { ...change, bare: true },
  'POST /events/:id/reopen': { ...change, bare: true },
  'POST /events/:id/open': { ...change, bare: true },
  'POST /events/:id/record': { ...change, bare: true },
  'POST /events/:id/claim': { ...change, body: ClaimAskSchema },
  'POST /events/:id/release': { ...change, bare: true },
  'POST /events/:id/snooze': { ...change, body: SnoozeAskSchema },
  'POST /events/:id/wake': { ...change, bare: true },
  'DELETE /events/:id': { ...stamped, answers: { 200: z.strictObject({ event: SvodkaEventSchema }) } },
  'POST /events/:id/restore': { ...stamped, bare: true },
  /** Takes back what the caller changed last, while nobody has built on it. */
  'POST /events/:id/undo': { ...stamped, bare: true },
  'GET /events/:id/revisions': {
    right: 'signed-in',
    answers: { 200: z.strictObject({ items: z.array(RevisionSchema), refs: RefsSchema }) },
  },
});
