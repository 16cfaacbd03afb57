import type { Actor } from '@svodka/shared/rules/permissions';
import type { UserDoc } from './user.schema.ts';

/** What permissions ask of a user. */
export function actorOf(user: Pick<UserDoc, '_id' | 'roles' | 'departmentId'>): Actor {
  return { id: user._id, roles: user.roles, departmentId: user.departmentId };
}
