import type { EventEdit, SvodkaEvent } from '@svodka/shared/contracts/event';

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** A field as an edit would send it: the deadline travels under another name. */
export const sentValue = (event: SvodkaEvent, field: string): unknown =>
  field === 'due'
    ? event.dueAt
      ? event.dueAllDay
        ? { local: event.dueLocal?.slice(0, 10) }
        : { at: event.dueAt }
      : null
    : event[field as keyof SvodkaEvent];

/** What an edit changes and somebody else has changed since: these need a decision, the rest of the edit stands. */
export const disputedIn = (edit: EventEdit, seen: SvodkaEvent, current: SvodkaEvent): (keyof EventEdit)[] =>
  (Object.keys(edit) as (keyof EventEdit)[]).filter(
    (field) => !same(sentValue(seen, field), sentValue(current, field)),
  );
