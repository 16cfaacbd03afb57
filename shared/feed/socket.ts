import { z } from 'zod';
import type { Comment, Reader } from '../contracts/comment.ts';
import type { Crew } from '../contracts/crews.ts';
import type { CutReason, ErrorBody } from '../contracts/errors.ts';
import { EventEditSchema, type SvodkaEvent } from '../contracts/event.ts';
import { type Id, IdSchema } from '../contracts/id.ts';
import type { ImportBatch } from '../contracts/import.ts';
import type { ModuleState } from '../contracts/ingest.ts';
import type { ConnectedModule } from '../contracts/modules.ts';
import type { NoticeView } from '../contracts/notice.ts';
import type { Refs } from '../contracts/refs.ts';
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

/** Every ack is a result or the one error envelope; it always comes. */
export type Ack<T> = (answer: ({ ok: true } & T) | ({ ok: false } & ErrorBody)) => void;

/** The one event that a page has open; null: none any more. */
export const EventFollowSchema = z.strictObject({ eventId: IdSchema.nullable() });

/**
 * The event as it stands and the beginning of its discussion, oldest first; everything null or empty for none.
 * (No field may be called `event`: the framework takes an answer that has one for something to emit.)
 */
export type EventFollowed = {
  row: SvodkaEvent | null;
  comments: Comment[];
  next: string | null;
  readers: Reader[];
  follows: boolean | null;
  refs: Refs;
};

/**
 * How many messages a socket may send: `perSecond` on average and `burst` at once. `costly` are those that cost a
 * query. Pages keep below it whatever their keys do.
 */
export const SOCKET_LIMITS = {
  all: { perSecond: 20, burst: 40 },
  costly: { perSecond: 5, burst: 15 },
} as const;

/** What somebody does to the event that is open, beside looking at it. */
export const DOINGS = ['commenting', 'editing'] as const;
export type Doing = (typeof DOINGS)[number];
export const PresenceSchema = z.strictObject({
  visible: z.boolean(),
  /** Milliseconds since the last key or pointer input. */
  idleMs: z.number().int().min(0),
  /** Which feed of the desk the page shows: its key or id; null: another screen. */
  feed: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .nullable()
    .optional(),
  doing: z.enum(DOINGS).nullable().optional(),
  /** What is being changed in the form. */
  field: EventEditSchema.keyof().nullable().optional(),
});
export type PresenceBeat = z.infer<typeof PresenceSchema>;

/** Somebody who is on the desk. The name of a feed is known to who has it. */
export type PersonThere = { id: Id; name: string; feed: string };
/** Somebody who has the same event open. */
export type Watcher = { id: Id; name: string; doing: Doing | null; field: string | null };
/** How many events each person holds. */
export type ClaimLoad = Record<Id, number>;

/** What a page may ask of the server. Every mutation is REST; sockets only open and close standing things. */
export type ClientToServer = {
  'feed.subscribe': (ask: FeedSubscribe, ack: Ack<FeedSnapshot | FeedResumed>) => void;
  'feed.unsubscribe': (ask: { room: string }, ack: Ack<object>) => void;
  'counts.subscribe': (ask: CountsSubscribe, ack: Ack<CountsSubscribed>) => void;
  /** Follows an event and its discussion in place of the one before; a page has one open at most. */
  'event.follow': (ask: { eventId: Id | null }, ack: Ack<EventFollowed>) => void;
  /** The first one of a socket is answered with who is there, and, for whoever sees everything, what each of them holds. */
  'presence.beat': (ask: PresenceBeat, ack: Ack<{ people?: PersonThere[]; load?: ClaimLoad }>) => void;
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
  /** The followed event, as somebody has left it. */
  'event.changed': (fact: { event: SvodkaEvent; refs: Refs }) => void;
  /** The followed event was removed, or is no longer this person's to see; it may come back. */
  'event.gone': (fact: { id: Id; version: number }) => void;
  /** Something of the followed event may have gone untold: follow it again. */
  'event.stale': (fact: { id: Id }) => void;
  /** Who else has the followed event open, the reader among them; without anybody: they have left. */
  'event.watched': (fact: { id: Id; watchers: Watcher[] }) => void;
  /** These people are on the desk, elsewhere than before or new; `gone`: those are not any more. */
  'presence.changed': (fact: { people: PersonThere[]; gone: Id[] }) => void;
  'claims.counted': (fact: { load: ClaimLoad }) => void;
  /** What this person held was taken from them or resolved by another, or something was handed to them. */
  'claim.moved': (fact: { event: SvodkaEvent; refs: Refs }) => void;
  'comment.changed': (comment: Comment) => void;
  /** Somebody has read the discussion of the followed event further than before. */
  'comments.read': (fact: { eventId: Id; reader: Reader }) => void;
  'notice.changed': (fact: { notice: NoticeView; refs: Refs; unread: number; isNew: boolean }) => void;
  'notices.seen': (fact: { unread: number }) => void;
  /** Some letter is new, or another than it was. For whoever may read the mail. */
  'mail.changed': (fact: object) => void;
  /** Somebody has written a rule of notices; which, is asked. */
  'rules.changed': (fact: object) => void;
  /** These orders are others than they were, or are now or no longer this person's to see; null: any may be. */
  'orders.changed': (fact: { ids: Id[] | null }) => void;
  'crew.changed': (crew: Crew) => void;
  /** The working calendar of a year is another one. */
  'working-days.changed': (fact: { year: number }) => void;
  /** Work of these orders may be planned otherwise; `others`: and some that this person does not see. */
  'work.changed': (fact: { projectIds: Id[]; others: boolean }) => void;
  'import.changed': (batch: ImportBatch) => void;
  /** Something of a module's source: its settings, its tokens, what was heard or refused. For whoever may read of it. */
  'source.changed': (fact: { module: ConnectedModule }) => void;
  'module.changed': (state: ModuleState) => void;
  'session.ended': (fact: { reason: CutReason }) => void;
};

export const SOCKET_MESSAGES = [
  'feed.subscribe',
  'feed.unsubscribe',
  'counts.subscribe',
  'event.follow',
  'presence.beat',
] as const satisfies (keyof ClientToServer)[];
