import type { Id } from '../contracts/id.ts';
import type { EventType, Module } from '../contracts/modules.ts';
import { isMachineType, isSettledElsewhere, MODULES, moduleOf } from '../contracts/modules.ts';
import type { Role } from '../contracts/user.ts';
import type { Filter } from '../filter/ast.ts';
import { ALL, and, NONE, not, or } from '../filter/ast.ts';

/** What permissions depend on. */
export type Actor = { id: Id; roles: readonly Role[]; departmentId: string | null };

/** The modules whose events a staff role reads and writes. */
export const STAFF_MODULES: Partial<Record<Role, readonly Module[]>> = {
  finance: ['finance'],
  orders: ['orders'],
  measurer: ['measure'],
};

/** Administrator and dispatcher: the whole stream. */
export function seesEverything(actor: Actor): boolean {
  return actor.roles.includes('administrator') || actor.roles.includes('dispatcher');
}

/** The modules of an actor's staff roles. */
export function staffModules(actor: Actor): Module[] {
  return [...new Set(actor.roles.flatMap((role) => STAFF_MODULES[role] ?? []))];
}

/** The orders and counterparties that were taken from somebody and in whose events they may still stand. */
export type Withheld = { projects: readonly Id[]; counterparties: readonly Id[] };
const NOTHING: Withheld = { projects: [], counterparties: [] };

/**
 * The events an actor may read, as a filter over fields of the event only. It is ANDed into every read, feed,
 * count and notice. Deleted events are outside of every scope; `restorable` leaves them in, for undo. What is
 * `withheld` is out of sight at once, however long its events take to be rewritten.
 */
export function scopeOf(
  actor: Actor,
  { restorable = false, withheld = NOTHING }: { restorable?: boolean; withheld?: Withheld } = {},
): Filter {
  const alive: Filter = restorable ? ALL : { field: 'deleted', exists: false };
  if (seesEverything(actor)) return alive;
  const modules = staffModules(actor);
  const isStaff = modules.length > 0;
  if (!isStaff && !actor.roles.includes('manager')) return NONE;
  // What one wrote oneself stays in sight, a manager's note without a project too.
  const own: Filter[] = [audienceOf(actor.id, withheld), { field: 'author', in: [actor.id] }];
  if (isStaff) own.push({ field: 'module', in: modules });
  const department: Filter = actor.departmentId
    ? or(not({ field: 'visibility', in: ['department'] }), { field: 'department', in: [actor.departmentId] })
    : not({ field: 'visibility', in: ['department'] });
  return and(alive, department, or(...own));
}

function audienceOf(userId: Id, { projects, counterparties }: Withheld): Filter {
  const taken: Filter[] = [];
  if (projects.length > 0) taken.push({ field: 'project', in: [...projects] });
  // A counterparty brings its manager only to what stands in no order.
  if (counterparties.length > 0)
    taken.push(and({ field: 'project', exists: false }, { field: 'counterparty', in: [...counterparties] }));
  const named: Filter = { field: 'audience', in: [userId] };
  return taken.length > 0 ? and(named, not(or(...taken))) : named;
}

export const ACTIONS = [
  'users.manage',
  'directory.write',
  'directory.read',
  'orders.manage',
  'crews.write',
  'work.plan',
  'calendar.write',
  'events.import',
  'mail.read',
  'letters.write',
  'rules.write',
  'audit.read',
  'sources.read',
  'sources.manage',
  'payments.load',
  'recordings.play',
  'shifts.hand',
] as const;
export type Action = (typeof ACTIONS)[number];

const ALLOWED: Record<Action, readonly Role[]> = {
  'users.manage': ['administrator'],
  'directory.write': ['administrator', 'dispatcher', 'manager', 'orders'],
  'directory.read': ['administrator', 'dispatcher', 'manager', 'finance', 'orders', 'measurer'],
  // A screen of the orders that one answers for: who answers for none begins with the stream.
  'orders.manage': ['manager'],
  'crews.write': ['administrator', 'dispatcher'],
  // Those above move the work of any order, a manager that of the orders that are theirs. A crew's day belongs to who
  // answers to the customer for it; everybody else sees the calendar and asks.
  'work.plan': ['administrator', 'dispatcher', 'manager'],
  // What a working day is moves the days of every order.
  'calendar.write': ['administrator'],
  'events.import': ['administrator', 'dispatcher'],
  'mail.read': ['administrator', 'dispatcher'],
  // What customers read in the company's name.
  'letters.write': ['administrator'],
  // Those of the company; a manager of their own orders.
  'rules.write': ['administrator', 'manager'],
  'audit.read': ['administrator'],
  'sources.read': ['administrator', 'dispatcher'],
  'sources.manage': ['administrator'],
  'payments.load': ['administrator', 'dispatcher', 'finance'],
  // Of what they see. Who has put it there hears it too.
  'recordings.play': ['administrator', 'dispatcher', 'manager'],
  'shifts.hand': ['administrator', 'dispatcher', 'manager'],
};

/**
 * The same person with those roles alone that have a right. What they may do by it, they do as that person: whatever
 * they reach, these roles see by themselves. So a right of one role never meets what only another one sees.
 */
export const withRight = (actor: Actor, action: Action): Actor => ({
  ...actor,
  roles: actor.roles.filter((role) => ALLOWED[action].includes(role)),
});

/** The one permission question for things that are not single events. Anything not listed is denied. */
export function may(actor: Actor, action: Action): boolean {
  return ALLOWED[action].some((role) => actor.roles.includes(role));
}

// What somebody may do to an event that they can read.

/** The modules in whose name a role writes. Payments belong to finance; those above may correct them. */
const WRITES: Record<Role, readonly Module[]> = {
  administrator: MODULES,
  dispatcher: MODULES,
  manager: MODULES.filter((module) => module !== 'finance'),
  ...(STAFF_MODULES as Record<'finance' | 'orders' | 'measurer', readonly Module[]>),
};

const writes = (actor: Actor, module: Module): boolean =>
  actor.roles.some((role) => WRITES[role].includes(module));

/** The same person with those roles alone that write a type: for what an event may be said to be about. */
export function asWriterOf(actor: Actor, type: EventType): Actor {
  const module = moduleOf(type);
  const roles = actor.roles.filter((role) => type === 'note.free' || WRITES[role].includes(module));
  return { ...actor, roles };
}

type Written = { type: EventType; module: Module; author: { userId: Id | null } };

/** Whether an actor may create an event of a type. Everybody who writes at all may write a free note. */
export function mayCreate(actor: Actor, type: EventType): boolean {
  if (isMachineType(type)) return false;
  return type === 'note.free' ? actor.roles.length > 0 : writes(actor, moduleOf(type));
}

/** Whether an actor may change what an event says: its author, its module's staff, those above. Of machines: nobody. */
export function mayEdit(actor: Actor, { type, module, author }: Written): boolean {
  if (isMachineType(type)) return false;
  return writes(actor, module) || (author.userId === actor.id && module !== 'finance');
}

/** Whether an actor may delete an event, or bring it back. */
export function mayRemove(actor: Actor, event: Written): boolean {
  // What is said about an order stays with it.
  if (event.type === 'order.discussed') return false;
  return isMachineType(event.type) ? seesEverything(actor) : mayEdit(actor, event);
}

/**
 * Whether an actor may say whether an event is done, and who is at it: a manager also of a payment that is late on an
 * order of theirs. What is settled elsewhere only an administrator may end, when nobody is left to do it there.
 */
export function mayResolve(actor: Actor, { type, module, author }: Written): boolean {
  if (isSettledElsewhere(type)) return actor.roles.includes('administrator');
  return (
    author.userId === actor.id ||
    seesEverything(actor) ||
    actor.roles.includes('manager') ||
    staffModules(actor).includes(module)
  );
}

/**
 * Whether an actor may say that an event comes from a module's own books (`source`): those above, and the module's
 * staff. A key that is taken there is told to whoever keeps these books.
 */
export function maySpeakFor(actor: Actor, module: Module): boolean {
  return seesEverything(actor) || staffModules(actor).includes(module);
}

// Orders and counterparties. Whoever manages one or is appointed to it reads its events, so the team is a permission.

/** What a card says beside the line (number, name or address, status, people) by which an entry is known. */
export const CARD_FIELDS = [
  'amountKop',
  'inn',
  'kpp',
  'ogrn',
  'phones',
  'emails',
  'contacts',
  'note',
  'attachments',
  'consents',
] as const;
export type CardField = (typeof CARD_FIELDS)[number];

/**
 * Of which entries a role sees the line, and what of the cards of entries that are not their own. Finance and measurers
 * enter events of any order, so they have to find it; whom to call and what it costs is told to who works with it.
 * One's own (managed, appointed to, and the counterparties of those) everybody sees whole.
 */
const DIRECTORY: Record<Role, { lines: 'all' | 'own'; cards: readonly CardField[] }> = {
  administrator: { lines: 'all', cards: CARD_FIELDS },
  dispatcher: { lines: 'all', cards: CARD_FIELDS },
  orders: { lines: 'all', cards: CARD_FIELDS },
  finance: { lines: 'all', cards: ['amountKop', 'inn', 'kpp', 'ogrn'] },
  measurer: { lines: 'all', cards: [] },
  manager: { lines: 'own', cards: [] },
};

/** Whether an actor sees every order and counterparty, and not only their own. */
export function seesAllLines(actor: Actor): boolean {
  return actor.roles.some((role) => DIRECTORY[role].lines === 'all');
}

/** What an actor sees of the cards that are not their own. */
export function cardFields(actor: Actor): Set<CardField> {
  return new Set(actor.roles.flatMap((role) => DIRECTORY[role].cards));
}

/**
 * Whether an actor finds orders and events by what stands on the customer's card. A manager does: what they see is
 * their own. Staff see all orders and few cards.
 */
export function findsByCards(actor: Actor): boolean {
  return !seesAllLines(actor) || cardFields(actor).has('phones');
}

type Managed = { managerId: Id | null };
type Team = Managed & { appointedIds: readonly Id[] };

/** Whether an order is a person's own. */
export const isOnTeam = ({ id }: Pick<Actor, 'id'>, { managerId, appointedIds }: Team): boolean =>
  managerId === id || appointedIds.includes(id);

/** Whether an actor sees an order: all of them, or their own. */
export const seesProject = (actor: Actor, project: Team): boolean =>
  seesAllLines(actor) || (may(actor, 'directory.read') && isOnTeam(actor, project));

/** Whether an actor may do something about an order: as far as the roles that have the right see it. */
export const mayOfProject = (actor: Actor, action: Action, project: Team): boolean =>
  seesProject(withRight(actor, action), project);

/**
 * Whether an actor sees what is said about an order or a counterparty as a whole: those who see events of its module,
 * and whom it belongs to. Others may see its card and its line.
 */
export function mayDiscuss(actor: Actor, { managerId, appointedIds = [] }: Managed & Partial<Team>): boolean {
  if (seesEverything(actor) || staffModules(actor).includes('orders')) return true;
  return isOnTeam(actor, { managerId, appointedIds });
}

/** Whether an actor may change who manages an entry and who is appointed: those above, and its own manager. */
export function mayChangeTeam(actor: Actor, { managerId }: Managed): boolean {
  return seesEverything(actor) || (may(actor, 'directory.write') && managerId === actor.id);
}

/**
 * Whether an actor may make one counterparty of two, which shows the events of each to the manager of the one that
 * stays: those above, a manager of both, and order staff where that changes nobody's sight.
 */
export function mayMerge(actor: Actor, into: Managed, from: Managed): boolean {
  if (seesEverything(actor)) return true;
  if (!may(actor, 'directory.write')) return false;
  if (into.managerId === actor.id && from.managerId === actor.id) return true;
  const changesNobodysSight = from.managerId === null || from.managerId === into.managerId;
  return seesAllLines(withRight(actor, 'directory.write')) && changesNobodysSight;
}

/**
 * Whether an actor may name this person as the manager of an entry that they make: those above anybody, a manager
 * themself, order staff another who is a manager.
 */
export function mayNameManager(actor: Actor, person: Pick<Actor, 'id' | 'roles'>): boolean {
  if (seesEverything(actor)) return true;
  if (person.id === actor.id) return actor.roles.includes('manager');
  return actor.roles.includes('orders') && person.roles.includes('manager');
}

/** Whether an actor becomes the manager of what they enter, or they would not see it. */
export function isManagerByEntry(actor: Actor): boolean {
  return actor.roles.includes('manager') && !seesEverything(actor);
}

/** Whether an actor may appoint people to an order that they make: a manager to their own. */
export function mayAppointAtFirst(actor: Actor, { managerId }: Managed): boolean {
  return seesEverything(actor) || (actor.roles.includes('manager') && managerId === actor.id);
}

/**
 * Whether an actor chooses the numbers of orders; others are given one. Who does not see every order would learn from
 * a refusal which numbers are taken.
 */
export function mayNumber(actor: Actor): boolean {
  return seesAllLines(withRight(actor, 'directory.write'));
}

/** Whether an actor sees what an order costs and what was paid for it: on their own orders, and by their role on all. */
export function seesSums(actor: Actor, project: Team): boolean {
  return isOnTeam(actor, project) || cardFields(actor).has('amountKop');
}

/** Whether an actor sees the confidential note of an order: those above, and its manager. The appointed do not. */
export function seesConfidential(actor: Actor, { managerId }: Managed): boolean {
  return seesEverything(actor) || (managerId === actor.id && actor.roles.includes('manager'));
}

/** Whether an actor may change a rule of notices: those of the company the administrators, a manager their own. */
export function mayWriteRule(actor: Actor, { ownerId }: { ownerId: Id | null }): boolean {
  return actor.roles.includes('administrator') || (ownerId === actor.id && actor.roles.includes('manager'));
}
