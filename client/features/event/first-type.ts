import type { EventType } from '@svodka/shared/contracts/modules';
import type { Role } from '@svodka/shared/contracts/user';
import { readOwn, writeOwn } from '../../state/own-storage.ts';
import { session } from '../../state/session.svelte.ts';

/** What each has written so far, and the last. */
type Habit = { last: EventType; counts: Partial<Record<EventType, number>> };

const NAME = 'types';
/** What a role writes day by day. */
const OF_ROLE: Partial<Record<Role, EventType>> = { finance: 'payment.received', measurer: 'measure.sheet' };

const habitOf = (): Habit | null => (session.user ? readOwn<Habit>(session.user.id, NAME) : null);

/** The type that a new event of this person begins with: of the role, else what they write most, else a note. */
export function firstType(allowed: readonly EventType[]): EventType {
  const roles = session.user?.roles ?? [];
  const habit = habitOf();
  const most = Object.entries(habit?.counts ?? {}).sort(([, a], [, b]) => b - a)[0]?.[0] as
    | EventType
    | undefined;
  const wished = [
    ...roles.map((role) => OF_ROLE[role]),
    roles.includes('orders') ? (most ?? 'order.registered') : habit?.last,
    'note.free' as const,
  ];
  return wished.find((type) => type !== undefined && allowed.includes(type)) ?? allowed[0] ?? 'note.free';
}

/** Learns from what was written. */
export function rememberType(type: EventType): void {
  if (!session.user) return;
  const counts = habitOf()?.counts ?? {};
  const habit: Habit = { last: type, counts: { ...counts, [type]: (counts[type] ?? 0) + 1 } };
  writeOwn(session.user.id, NAME, habit);
}
