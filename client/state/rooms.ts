import { live } from '../api/live.ts';

/** How many feeds of this page stand in each room: two with the same filter share one, and the first to close keeps it open. */
const inside = new Map<string, number>();

export function enterRoom(room: string): void {
  inside.set(room, (inside.get(room) ?? 0) + 1);
}

export function leaveRoom(room: string): void {
  const left = (inside.get(room) ?? 1) - 1;
  if (left > 0) {
    inside.set(room, left);
    return;
  }
  inside.delete(room);
  // Without a connection there is nothing to leave.
  live.ask('feed.unsubscribe', { room }).catch(() => {});
}
