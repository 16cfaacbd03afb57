// The page's own state without a screen: what a browser would hold and draw, for tests of many desks at once. Bundled
// by `test/support/desks` and run in a window of its own for each.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Page } from '../../test/support/desks/page.ts';
import { live } from '../api/live.ts';
import { OpenEvent } from '../features/event/open-event.svelte.ts';
import type { Act } from '../state/deeds.ts';
import { Feed } from '../state/feed.svelte.ts';
import { outbox } from '../state/outbox.svelte.ts';
import { queue } from '../state/queue.svelte.ts';
import { session } from '../state/session.svelte.ts';

declare global {
  var heard: (taken: Id) => void;
}

let feed: Feed | null = null;
let open: OpenEvent | null = null;

/** How often a page asks that did not reach the server, ms. */
const AGAIN_MS = 500;
setInterval(() => session.state === 'unreachable' && void session.check(), AGAIN_MS);
/** Who is not signed in has nothing before their eyes that they could act on. */
const isIn = () => session.state === 'in';

queue.onDone(({ id }) => heard(id));

/** A row as it is drawn. @throws where the screen does not show it */
function row(id: Id): SvodkaEvent {
  const event = isIn() ? feed?.get(id) : undefined;
  if (!event) throw new Error(`no row ${id}`);
  return outbox.view(event);
}

export const desk: Page = {
  signIn: (login: string, password: string) => session.signIn(login, password),
  begin: () => void session.check(),
  follow(filter) {
    feed?.close();
    feed = new Feed(filter, { limit: 200 });
  },
  open(id) {
    open?.close();
    open = new OpenEvent(id, feed?.get(id) ?? null);
  },
  create: (body) => (isIn() ? queue.put({ kind: 'create', body }).id : null),
  act: ({ id, ...act }) => outbox.do({ ...act, event: row(id) } as Act),
  edit: (id, edit) => queue.put({ kind: 'edit', event: row(id), edit }).id,
  say: (body) => (isIn() && open?.say({ body, mentionIds: [] })) || null,
  shows: () => ({
    isLive: live.state === 'online' && isIn() && feed?.state === 'ready' && !feed.isKept,
    rows: (feed?.rows ?? []).map((event) => outbox.view(event)),
    openId: open?.id ?? null,
    comments: (open?.comments ?? []).map(({ entry: _, ...comment }) => comment),
    unsent: queue.entries,
  }),
};
