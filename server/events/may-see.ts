import { toPredicate } from '@svodka/shared/filter/predicate';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Scopes } from '../entries/scopes.ts';
import type { EventDoc } from './event.schema.ts';

/** Whether a person may read an event as it stands, and is still let in at all. */
export function maySee(user: UserDoc, event: EventDoc, scopes: Scopes): boolean {
  return !user.disabledAt && toPredicate(scopes.of(actorOf(user)))(event);
}
