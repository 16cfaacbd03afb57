// The live line of the pane. The server follows one event for a page: whichever was opened last. It is asked at once
// when somebody opens one, and only after the keys have come to rest when they walk through many.
import type { Id } from '@svodka/shared/contracts/id';
import type { EventFollowed } from '@svodka/shared/feed/socket';
import { live } from '../api/live.ts';
import { ApiError } from '../api/rest.ts';

/** Somebody who has not changed the event for so long is not walking, ms. */
const QUIET_MS = 600;
/** So long the keys rest before the server is asked, ms. */
const SETTLE_MS = 250;

type Follower = {
  id: Id;
  /** The event as it stands now; again after every break of the connection. */
  took: (answer: EventFollowed) => void;
  failed: (error: unknown) => void;
};

let wanted: Follower | null = null;
/** Whom the server has been asked for; null also when it has forgotten with the socket. */
let asked: Follower | null = null;
let changedAt = Number.NEGATIVE_INFINITY;
let timer: ReturnType<typeof setTimeout> | undefined;

live.onConnect(() => {
  asked = null;
  if (wanted) soon(0);
});
live.on('event.stale', ({ id }) => {
  if (wanted?.id === id) followAgain();
});

/** Follows an event in place of the one before; call the result when it is no longer open. */
export function followEvent(follower: Follower): () => void {
  const now = performance.now();
  wanted = follower;
  soon(now - changedAt > QUIET_MS ? 0 : SETTLE_MS);
  changedAt = now;
  return () => {
    if (wanted !== follower) return;
    wanted = null;
    soon(SETTLE_MS);
  };
}

/** Asks anew for the event that is open. */
export function followAgain(): void {
  asked = null;
  soon(0);
}

function soon(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), ms);
}

async function ask(): Promise<void> {
  const mine = wanted;
  if (live.state !== 'online' || mine === asked) return;
  asked = mine;
  try {
    const answer = await live.ask('event.follow', { eventId: mine?.id ?? null });
    if (mine && wanted === mine) mine.took(answer);
  } catch (error) {
    if (!mine || wanted !== mine) return;
    asked = null;
    if (error instanceof ApiError && error.code === 'rate-limited') soon((error.retryAfter ?? 1) * 1000);
    else mine.failed(error);
  }
}
