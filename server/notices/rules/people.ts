import type { MentionGroup } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import { NOTICE_ROLES, type Notice } from '@svodka/shared/contracts/notice';
import type { NoticeRule, Recipient } from '@svodka/shared/contracts/notice-rule';
import type { Payload } from '@svodka/shared/contracts/payload';
import type { Role } from '@svodka/shared/contracts/user';
import { keeperOf } from '@svodka/shared/rules/promises';

type Person = {
  _id: Id;
  roles: readonly Role[];
  departmentId: string | null;
  isHead?: boolean;
  disabledAt: Date | null;
};

/** The roles that see every event, in the order in which they are asked to stand in. */
const STREAM_ROLES: readonly Role[] = ['dispatcher', 'administrator'];

/** The company's people by what rules call them. */
export class People {
  readonly #byId: ReadonlyMap<Id, Person>;

  constructor(people: readonly Person[]) {
    this.#byId = new Map(people.map((person) => [person._id, person]));
  }

  hasRole(id: Id, role: Role): boolean {
    return this.#byId.get(id)?.roles.includes(role) ?? false;
  }

  departmentOf(id: Id | null | undefined): string | null {
    return (id && this.#byId.get(id)?.departmentId) || null;
  }

  /** Of those who are let in. */
  ofRole(role: Role): Id[] {
    return this.#where((person) => person.roles.includes(role));
  }

  ofGroup(group: MentionGroup): Id[] {
    return 'role' in group
      ? this.ofRole(group.role)
      : this.#where(({ departmentId }) => departmentId === group.department);
  }

  headsOf(departmentId: string | null): Id[] {
    if (departmentId === null) return [];
    return this.#where((person) => person.isHead === true && person.departmentId === departmentId);
  }

  isLetIn(id: Id): boolean {
    return this.#byId.get(id)?.disabledAt === null;
  }

  /**
   * Who stands in for somebody who is let in no more, or for a manager whom an order does not have: whoever heads their
   * department and sees the whole stream, else the dispatchers, else the administrators. Others would not see it.
   */
  standingInFor(id: Id | null): Id[] {
    const heads = this.headsOf(this.departmentOf(id)).filter((head) =>
      STREAM_ROLES.some((role) => this.hasRole(head, role)),
    );
    if (heads.length > 0) return heads;
    return STREAM_ROLES.map((role) => this.ofRole(role)).find(({ length }) => length > 0) ?? [];
  }

  #where(fits: (person: Person) => boolean): Id[] {
    return [...this.#byId.values()].flatMap((person) =>
      person.disabledAt === null && fits(person) ? [person._id] : [],
    );
  }
}

export const NOBODY = new People([]);

type Named = {
  event: {
    type: EventType;
    author: { userId: Id | null };
    departmentId?: string | null;
    audienceIds?: readonly Id[];
    payload?: Payload;
  };
  order: { managerId: Id | null; appointedIds: readonly Id[] } | null;
  people: People;
};

/** Whose it is to do: a promise to keep, a shift to take over. */
function entrusted(event: Named['event']): readonly Id[] {
  if (event.type === 'shift.handover') return event.audienceIds ?? [];
  const keeper = keeperOf(event);
  return keeper ? [keeper] : [];
}

function idsOf(recipient: Recipient, { event, order, people }: Named): readonly Id[] {
  switch (recipient.to) {
    // What stands in no order is heard of by the managers of its customers.
    case 'manager':
      if (order) return order.managerId ? [order.managerId] : [];
      return (event.audienceIds ?? []).filter((id) => !entrusted(event).includes(id));
    case 'appointed': {
      const { role } = recipient;
      const appointed = order?.appointedIds ?? [];
      return role ? appointed.filter((id) => people.hasRole(id, role)) : appointed;
    }
    case 'keeper':
      return entrusted(event);
    case 'author':
      return event.author.userId ? [event.author.userId] : [];
    case 'head':
      return people.headsOf(
        people.departmentOf(order?.managerId) ??
          event.departmentId ??
          people.departmentOf(event.author.userId),
      );
    case 'person':
      return [recipient.id];
    case 'role':
      return people.ofRole(recipient.role);
    case 'customer':
      return [];
  }
}

/** Whom what was to reach a manager, or whoever is to do it, reaches instead of those of them who are not there. */
function standingIn(to: 'manager' | 'keeper', named: Named): Id[] {
  const { order, people } = named;
  const asked = idsOf({ to }, named);
  const isUnmanaged = to === 'manager' && order !== null && asked.length === 0;
  const gone = isUnmanaged ? [null] : asked.filter((id) => !people.isLetIn(id));
  return gone.flatMap((id) => people.standingInFor(id));
}

export type Reader = { userId: Id; role: Notice['role'] };

/**
 * The people of a rule's recipients, each once, and of the company's rules those who stand in for them. What somebody has
 * asked for themselves nobody else hears.
 */
export function readersOf(
  { ownerId }: Pick<NoticeRule, 'ownerId'>,
  recipients: readonly Recipient[],
  named: Named,
): Reader[] {
  const readers = new Map<Id, Reader>();
  for (const role of NOTICE_ROLES) {
    for (const recipient of recipients) {
      if (recipient.to !== role) continue;
      for (const userId of idsOf(recipient, named))
        if (!readers.has(userId)) readers.set(userId, { userId, role });
    }
  }
  for (const { to } of recipients) {
    if (ownerId !== null || (to !== 'manager' && to !== 'keeper')) continue;
    for (const userId of standingIn(to, named))
      if (!readers.has(userId)) readers.set(userId, { userId, role: 'role' });
  }
  return [...readers.values()];
}
