// What a test can do at the page of somebody, and see of it.
import type { Comment } from '@svodka/shared/contracts/comment';
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Filter } from '@svodka/shared/filter/ast';

export type Page = {
  signIn(login: string, password: string): Promise<void>;
  /** As a page that begins with somebody signed in. */
  begin(): void;
  follow(filter: Filter): void;
  open(id: Id): void;
  /** Of what was typed: its key; null where nobody could have typed it. */
  create(body: EventCreateInput & { id: Id }): Id | null;
  say(body: string): Id | null;
  edit(id: Id, edit: { title?: string; body?: string }): Id;
  act(asked: {
    id: Id;
    kind: 'claim' | 'release' | 'snooze' | 'wake' | 'resolve' | 'reopen';
    ask?: object;
  }): void;
  /** What stands before somebody's eyes, and what is still to be sent or was refused. */
  shows(): {
    isLive: boolean;
    rows: readonly SvodkaEvent[];
    openId: Id | null;
    comments: readonly Comment[];
    unsent: readonly { id: Id; refusal?: unknown }[];
  };
};
