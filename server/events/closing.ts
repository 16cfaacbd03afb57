import { isPending } from '@svodka/shared/rules/status';
import type { EventDoc } from './event.schema.ts';
import { timedFields } from './event-fields.ts';
import type { EventsRepository } from './events.repository.ts';

/** Resolves what a program finds done, in nobody's name; an event that has changed meanwhile is left as it is. */
export async function closing(events: EventsRepository, event: EventDoc, now: Date): Promise<void> {
  if (!isPending(event) || event.deletedAt) return;
  const resolved = { at: now, by: null, from: event.status };
  const after = { ...event, status: 'resolved' as const, resolved };
  await events.revise(
    event._id,
    event.version,
    { status: after.status, resolved, ...timedFields(after, now) },
    { rev: event.rev + 1, at: now, by: null, changes: { status: { from: event.status, to: 'resolved' } } },
  );
}
