import type { Comment, MentionGroup, Reaction } from '@svodka/shared/contracts/comment';
import type {
  ClaimAsk,
  EventCreateInput,
  EventEdit,
  SnoozeAsk,
  SvodkaEvent,
} from '@svodka/shared/contracts/event';
import { WAITED_MOST_MS } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { ask, KEYED_MS } from '../api/rest.ts';
import { titleOf as eventTitle } from './event-names.ts';

/** A change of an event's state by one key. `untouched`: removed only as it was seen. */
export type Act =
  | {
      kind: 'resolve' | 'reopen' | 'open' | 'record' | 'restore' | 'release' | 'wake';
      event: SvodkaEvent;
    }
  | { kind: 'remove'; event: SvodkaEvent; untouched?: true }
  | { kind: 'claim'; event: SvodkaEvent; ask: ClaimAsk }
  | { kind: 'snooze'; event: SvodkaEvent; ask: SnoozeAsk };
/** What a comment says, and to whom. Entries of earlier versions have no more than the first two. */
export type Words = { body: string; mentionIds: Id[]; groups?: MentionGroup[]; isPublic?: boolean };
/**
 * `title`: of the event, so that it can be named where the event is not at hand. `saidAt`: ms; its id may be as old as
 * its draft.
 */
export type Say = {
  kind: 'comment';
  eventId: Id;
  title: string;
  replyToId?: Id | undefined;
  saidAt?: number;
} & Words;
export type Rephrase = {
  kind: 'comment.edit';
  comment: Comment;
  title: string;
} & Words;
export type Unsay = { kind: 'comment.remove' | 'comment.restore'; comment: Comment; title: string };
export type React = { kind: 'comment.react'; comment: Comment; title: string; sign: Reaction; on: boolean };
/** `writtenAt`: ms by the device's own clock; without it the key is as old. */
export type Write = { kind: 'create'; body: EventCreateInput & { id: Id }; writtenAt?: number };
/** `event`: as its editor saw it; its `rev` guards the edit. */
export type Edit = { kind: 'edit'; event: SvodkaEvent; edit: EventEdit };
/** What a person has done and the server is to be told. */
export type Deed = Act | Say | Rephrase | Unsay | React | Write | Edit;

export type Answer = { event?: SvodkaEvent; comment?: Comment };

/** The event that a deed is about. */
export function eventIdOf(deed: Deed): Id {
  if (deed.kind === 'create') return deed.body.id;
  if (deed.kind === 'comment') return deed.eventId;
  return 'comment' in deed ? deed.comment.eventId : deed.event.id;
}

/** What the event is called. */
export function titleOf(deed: Deed): string {
  if (deed.kind === 'create') return deed.body.title;
  return 'title' in deed ? deed.title : eventTitle(deed.event);
}

/** When an entry of the queue was made, by its id, ms. */
export const madeAt = (id: Id): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);

/** By the device's own clock, ms. */
export const writtenAt = (deed: Write, key: Id): number => deed.writtenAt ?? madeAt(key);

/** What goes sooner is sent at once, and its moment is the server's to say, ms. */
const AT_ONCE_MS = 5_000;

/** How long it has waited, ms: a span, because the device's clock may be wrong. What cannot be is left out. */
function waited(since: number): number | undefined {
  const ago = Date.now() - since;
  return ago > AT_ONCE_MS && ago <= WAITED_MOST_MS ? ago : undefined;
}

const wordsOf = ({ body, mentionIds, groups = [] }: Words) => ({ body, mentionIds, groups });

/** Tells the server; the same key any number of times is once. Throws `ApiError`. */
export async function perform(deed: Deed, key: Id): Promise<Answer> {
  switch (deed.kind) {
    case 'comment': {
      const { eventId, replyToId, isPublic } = deed;
      const body = {
        id: key,
        ...wordsOf(deed),
        ...(replyToId && { replyToId }),
        ...(isPublic && { isPublic }),
      };
      return { comment: await ask('POST /events/:id/comments', { id: eventId, body, key }) };
    }
    case 'comment.edit':
      return {
        comment: await ask('PATCH /comments/:id', {
          id: deed.comment.id,
          body: { ...wordsOf(deed), ...(deed.isPublic !== undefined && { isPublic: deed.isPublic }) },
          key,
        }),
      };
    case 'comment.remove':
      return { comment: await ask('DELETE /comments/:id', { id: deed.comment.id, key }) };
    case 'comment.restore':
      return { comment: await ask('POST /comments/:id/restore', { id: deed.comment.id, key }) };
    case 'comment.react': {
      const body = { kind: deed.sign, on: deed.on };
      // It says what is to be, and needs no key to be sent again.
      return {
        comment: await ask('POST /comments/:id/reactions', {
          id: deed.comment.id,
          body,
          deadline: KEYED_MS,
        }),
      };
    }
    case 'create':
      return ask('POST /events', { query: { ago: waited(writtenAt(deed, key)) }, body: deed.body, key });
    case 'edit':
      return ask('PATCH /events/:id', { id: deed.event.id, rev: deed.event.rev, body: deed.edit, key });
    case 'claim':
      return ask('POST /events/:id/claim', { id: deed.event.id, body: deed.ask, key });
    case 'snooze':
      return ask('POST /events/:id/snooze', { id: deed.event.id, body: deed.ask, key });
    case 'remove':
      return ask('DELETE /events/:id', {
        id: deed.event.id,
        ...(deed.untouched && { rev: deed.event.rev }),
        key,
      });
    default:
      return ask(`POST /events/:id/${deed.kind}`, { id: deed.event.id, key });
  }
}
