// Two edits of one event. What only one of them has touched stands, entry by entry of the details too; what both have
// changed, and not to the same, is somebody's to decide.
import type { EventEdit, SvodkaEvent } from '@svodka/shared/contracts/event';
import { same } from '../../format/same.ts';

/** A field as an edit would send it: the deadline travels under another name. */
const sentValue = (event: SvodkaEvent, field: string): unknown =>
  field === 'due'
    ? event.dueAt
      ? event.dueAllDay
        ? { local: event.dueLocal?.slice(0, 10) }
        : { at: event.dueAt }
      : null
    : event[field as keyof SvodkaEvent];

/** As it was when the form was opened, as it was typed there, and as somebody else has left it since. */
export const SIDES = ['base', 'theirs', 'mine'] as const;
export type Side = (typeof SIDES)[number];
/** `path`: a field of the event, or `payload.` and an entry of the details. */
export type Dispute = { path: string } & Record<Side, unknown>;

const DETAILS = 'payload.';

/** An edit, entry by entry. */
function touchedBy(edit: EventEdit, seen: SvodkaEvent, current: SvodkaEvent): Dispute[] {
  return Object.entries(edit).flatMap(([field, mine]): Dispute[] => {
    if (field !== 'payload')
      return [{ path: field, base: sentValue(seen, field), mine, theirs: sentValue(current, field) }];
    const typed = mine as Record<string, unknown>;
    return [...new Set([...Object.keys(typed), ...Object.keys(seen.payload)])].flatMap((name) =>
      same(typed[name], seen.payload[name])
        ? []
        : [
            {
              path: DETAILS + name,
              base: seen.payload[name],
              mine: typed[name],
              theirs: current.payload[name],
            },
          ],
    );
  });
}

/** What an edit changes and somebody else has changed since, to something else. */
export const disputedIn = (edit: EventEdit, seen: SvodkaEvent, current: SvodkaEvent): Dispute[] =>
  touchedBy(edit, seen, current).filter(
    ({ base, mine, theirs }) => !same(base, theirs) && !same(mine, theirs),
  );

/** The edit upon what somebody else has left. @param chosen by path; one's own where nothing was chosen */
export function settled(
  edit: EventEdit,
  seen: SvodkaEvent,
  current: SvodkaEvent,
  chosen: Readonly<Record<string, Side>> = {},
): EventEdit {
  const result: Record<string, unknown> = {};
  const details: Record<string, unknown> = { ...current.payload };
  for (const dispute of touchedBy(edit, seen, current)) {
    const { path } = dispute;
    const value = dispute[chosen[path] ?? 'mine'];
    if (same(value, dispute.theirs)) continue;
    if (!path.startsWith(DETAILS)) result[path] = value;
    else if (value === undefined) delete details[path.slice(DETAILS.length)];
    else details[path.slice(DETAILS.length)] = value;
  }
  return { ...result, ...(!same(details, current.payload) && { payload: details }) } as EventEdit;
}
