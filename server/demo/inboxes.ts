import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { isOpen } from '@svodka/shared/rules/status';
import { EventsService } from '../events/events.service.ts';
import { NoticesRepository } from '../notices/notices.repository.ts';
import type { People } from './company.ts';

/** So many wait for an answer in an inbox; the rest was read in the course of the day. */
const LEFT = 5;
const PAGE = 200;
/** The server tells of what was written a moment later, and is done when nothing has come for so long, ms. */
const QUIET_MS = 5_000;
const PATIENCE_MS = 60_000;
const STEP_MS = 500;

/** Lets everybody have read their notices, but for what has just come or still has to be decided. */
export async function readInboxes(app: INestApplicationContext, people: People): Promise<void> {
  const notices = app.get(NoticesRepository);
  const ids = [...people.values()].map(({ _id }) => _id);
  const unread = async () =>
    (await Promise.all(ids.map((id) => notices.countUnread(id)))).reduce((sum, n) => sum + n, 0);
  let last = await unread();
  for (let waited = 0, quiet = 0; quiet < QUIET_MS && waited < PATIENCE_MS; waited += STEP_MS) {
    await pause(STEP_MS);
    const now = await unread();
    quiet = now === last ? quiet + STEP_MS : 0;
    last = now;
  }
  for (const id of ids) {
    const { docs } = await notices.page(id, { unread: true, limit: PAGE });
    const events = await app.get(EventsService).byIds(docs.map(({ eventId }) => eventId));
    const open = new Set(events.filter(isOpen).map(({ _id }) => _id));
    const newest = [...docs].sort(
      (a, b) => Number(open.has(b.eventId)) - Number(open.has(a.eventId)) || b.at.getTime() - a.at.getTime(),
    );
    await notices.turn(
      newest.slice(LEFT).map(({ _id }) => _id),
      new Date(),
    );
  }
}
