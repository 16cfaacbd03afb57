import { z } from 'zod';
import type { Comment } from './comment.ts';
import type { CutReason, ErrorBody } from './errors.ts';
import type {
  Count,
  CountsSubscribe,
  CountsSubscribed,
  FeedFrame,
  FeedResumed,
  FeedSnapshot,
  FeedSubscribe,
  Position,
} from './feed.ts';
import { type Id, IdSchema } from './id.ts';
import type { ImportBatch } from './import.ts';
import type { NoticeView } from './notice.ts';
import type { Refs } from './refs.ts';

/** Every ack is a result or the one error envelope; it always comes. */
export type Ack<T> = (answer: ({ ok: true } & T) | ({ ok: false } & ErrorBody)) => void;

export const EventOpenSchema = z.strictObject({ eventId: IdSchema });
export const PresenceSchema = z.strictObject({
  visible: z.boolean(),
  /** Milliseconds since the last key or pointer input. */
  idleMs: z.number().int().min(0),
});

/** What a page may ask of the server. Every mutation is REST; sockets only open and close standing things. */
export type ClientToServer = {
  'feed.subscribe': (ask: FeedSubscribe, ack: Ack<FeedSnapshot | FeedResumed>) => void;
  'feed.unsubscribe': (ask: { room: string }, ack: Ack<object>) => void;
  'counts.subscribe': (ask: CountsSubscribe, ack: Ack<CountsSubscribed>) => void;
  /** Joins the discussion of an event; read the comments over REST after the ack. */
  'event.open': (ask: { eventId: Id }, ack: Ack<object>) => void;
  'event.close': (ask: { eventId: Id }, ack: Ack<object>) => void;
  'presence.beat': (ask: { visible: boolean; idleMs: number }, ack: Ack<object>) => void;
};

/** What the server tells. Facts are in the past tense. */
export type ServerToClient = {
  'feed.changed': (frame: FeedFrame) => void;
  /** The room cannot go on (log lost, scope changed): subscribe again without a position. */
  'feed.reset': (fact: { room: string }) => void;
  /** Every 10 s per room: a client that stands before `position` has missed a frame. */
  'feed.beat': (fact: { room: string; position: Position }) => void;
  'count.changed': (fact: { room: string; count: Count }) => void;
  'refs.changed': (refs: Refs) => void;
  'comment.changed': (comment: Comment) => void;
  'notice.changed': (fact: { notice: NoticeView; refs: Refs; unread: number; isNew: boolean }) => void;
  'notices.seen': (fact: { unread: number }) => void;
  'import.changed': (batch: ImportBatch) => void;
  'session.ended': (fact: { reason: CutReason }) => void;
};

export const SOCKET_MESSAGES = [
  'feed.subscribe',
  'feed.unsubscribe',
  'counts.subscribe',
  'event.open',
  'event.close',
  'presence.beat',
] as const satisfies (keyof ClientToServer)[];
