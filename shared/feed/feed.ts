import { z } from 'zod';
import type { SvodkaEvent } from '../contracts/event.ts';
import type { Id } from '../contracts/id.ts';
import type { Refs } from '../contracts/refs.ts';
import { type Filter } from '../filter/ast.ts';
import { FilterSchema } from '../filter/schema.ts';

/**
 * A place in the change log of one room: opaque to people, but positions of one room compare as strings
 * (later > earlier). Signed; a foreign, forged or outdated one is answered with a reset.
 */
export type Position = string;

/** How many events match: exact up to 10 000, then a lower bound. */
export const CountSchema = z.strictObject({ n: z.number().int(), exact: z.boolean() });
export type Count = z.infer<typeof CountSchema>;

/** Fields of few values, whose numbers stand beside them. */
export const COUNTED_FIELDS = ['module', 'type', 'importance', 'status', 'due'] as const;
export type CountedField = (typeof COUNTED_FIELDS)[number];

/** How many events have each value of a field; not exact: at least so many. A value without any is not there. */
export const ValueCountsSchema = z.strictObject({
  counts: z.record(z.string(), z.number().int()),
  exact: z.boolean(),
});
export type ValueCounts = z.infer<typeof ValueCountsSchema>;

export const COUNT_LIMIT = 10_000;

/** One step of a feed. A client ignores an upsert whose version is not above the one it holds. */
export type FeedOp =
  | { op: 'upsert'; event: SvodkaEvent }
  | { op: 'leave'; id: Id; version: number }
  | { op: 'delete'; id: Id; version: number };

/**
 * The steps that one change brings to a room. `prev` is the room's position before it: a client that stands
 * before `prev` has missed a frame and resumes; one that stands at or after `position` has seen it.
 */
export type FeedFrame = { room: string; prev: Position; position: Position; ops: FeedOp[]; refs: Refs };

export type FeedSnapshot = {
  mode: 'snapshot';
  room: string;
  position: Position;
  /** In the feed's order: (occurredAt desc, id desc). */
  rows: SvodkaEvent[];
  /** Key to go on from with `GET /api/events?after=`; null when all rows are here. */
  next: string | null;
  refs: Refs;
  /** Null while it is being counted; it is told by `count.changed`. */
  count: Count | null;
  /** Given when a position was offered but could not be resumed from. */
  reset: boolean;
};
export type FeedResumed = {
  mode: 'resumed';
  room: string;
  position: Position;
  frames: FeedFrame[];
  count: Count | null;
};

export const FeedSubscribeSchema = z.strictObject({
  filter: FilterSchema,
  position: z.string().max(600).optional(),
  limit: z.number().int().min(1).max(200).default(100),
});
export type FeedSubscribe = { filter: Filter; position?: Position; limit?: number };

export const FeedUnsubscribeSchema = z.strictObject({ room: z.string().max(100) });

/** Live counts of up to 50 filters; replaces the socket's earlier set. */
export const CountsSubscribeSchema = z.strictObject({
  feeds: z.array(z.strictObject({ key: z.string().max(100), filter: FilterSchema })).max(60),
});
export type CountsSubscribe = { feeds: { key: string; filter: Filter }[] };
export type CountsSubscribed = { counts: { key: string; room: string; count: Count | null }[] };
