// Which rooms of the server this page stands in. Two feeds of the same filter share one, and the server knows of no
// second: it takes a page out at its first word. So a room is left when no feed is in it, and none may be on its way
// into it, which nobody knows before the answer.
import type { FeedSubscribe } from '@svodka/shared/feed/feed';
import { live } from '../api/live.ts';

/** How many feeds stand in each room; 0: it is to be left. */
const inside = new Map<string, number>();
let asking = 0;

// The server forgets all rooms with the socket.
live.onState((state) => {
  if (state !== 'online') inside.clear();
});

/** Subscribes and counts the feed in; `leaveRoom` takes it out again. Throws as `live.ask` does. */
export async function joinRoom(ask: FeedSubscribe) {
  asking++;
  try {
    const answer = await live.ask('feed.subscribe', ask);
    inside.set(answer.room, (inside.get(answer.room) ?? 0) + 1);
    return answer;
  } finally {
    asking--;
    leaveEmpty();
  }
}

export function leaveRoom(room: string): void {
  const count = inside.get(room);
  // Without a connection since, there is nothing to leave.
  if (count === undefined) return;
  inside.set(room, count - 1);
  leaveEmpty();
}

function leaveEmpty(): void {
  if (asking > 0) return;
  for (const [room, count] of inside) {
    if (count > 0) continue;
    inside.delete(room);
    live.ask('feed.unsubscribe', { room }).catch(() => {});
  }
}
