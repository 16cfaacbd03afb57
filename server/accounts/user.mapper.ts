import type { UserRef } from '@svodka/shared/contracts/refs';
import type { Colleague, User } from '@svodka/shared/contracts/user';
import type { UserDoc } from './user.schema.ts';

/** A user as administrators and the user themselves see them. Password and search words stay here. */
export function toUser(doc: UserDoc): User {
  return {
    id: doc._id,
    login: doc.login,
    name: doc.name,
    roles: doc.roles,
    departmentId: doc.departmentId,
    email: doc.email,
    tz: doc.tz,
    locale: doc.locale,
    disabledAt: doc.disabledAt?.toISOString() ?? null,
    ...(doc.isHead && { isHead: true }),
    version: doc.version,
  };
}

export function toColleague(doc: UserDoc): Colleague {
  const { id, name, roles, departmentId, disabledAt } = toUser(doc);
  return { id, name, roles, departmentId, disabledAt };
}

export function toUserRef(doc: Pick<UserDoc, '_id' | 'name' | 'disabledAt'>): UserRef {
  return { id: doc._id, name: doc.name, disabled: doc.disabledAt !== null };
}
