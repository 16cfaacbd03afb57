import { toPredicate } from '@svodka/shared/filter/predicate';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { scopeOf } from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';

/** Whether a person may read an event as it stands, and is still let in at all. */
export function maySee(user: UserDoc, event: EventDoc, now: Date): boolean {
  if (user.disabledAt) return false;
  const { filter } = resolveFilter(scopeOf(actorOf(user)), { now, zone: user.tz });
  return toPredicate(filter)(event);
}
