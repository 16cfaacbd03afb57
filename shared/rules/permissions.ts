import type { Id } from '../contracts/id.ts';
import type { EventType, Module } from '../contracts/modules.ts';
import { MODULES, moduleOf } from '../contracts/modules.ts';
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
  'events.import',
  'mail.read',
] as const;
export type Action = (typeof ACTIONS)[number];

const ALLOWED: Record<Action, readonly Role[]> = {
  'users.manage': ['administrator'],
  'directory.write': ['administrator', 'dispatcher', 'manager', 'orders'],
  'directory.read': ['administrator', 'dispatcher', 'manager', 'finance', 'orders', 'measurer'],
  'events.import': ['administrator', 'dispatcher'],
  'mail.read': ['administrator', 'dispatcher'],
};

/** The one permission question for things that are not single events. Anything not listed is denied. */
export function may(actor: Actor, action: Action): boolean {
  return ALLOWED[action].some((role) => actor.roles.includes(role));
}

/** The modules whose events an actor may create: staff their own, managers and above all but `system` notices. */
export function writableModules(actor: Actor): Module[] {
  if (seesEverything(actor) || actor.roles.includes('manager')) return [...MODULES];
  return staffModules(actor);
}

/** Whether an actor may create an event of a type. Everybody who writes at all may write a free note. */
export function mayCreate(actor: Actor, type: EventType): boolean {
  const modules = writableModules(actor);
  return modules.length > 0 && (type === 'note.free' || modules.includes(moduleOf(type)));
}

/** Whether an actor who can read an event may edit, resolve or delete it: its author, its module's staff, or those above. */
export function mayEdit(actor: Actor, event: { module: Module; author: { userId: Id | null } }): boolean {
  return event.author.userId === actor.id || writableModules(actor).includes(event.module);
}
