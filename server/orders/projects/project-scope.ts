import type { Id } from '@svodka/shared/contracts/id';
import { type Actor, may, seesAllLines } from '@svodka/shared/rules/permissions';

type Query = Record<string, unknown>;
type Team = { managerId: Id | null; appointedIds: readonly Id[] };

/** Nobody's entries. */
const NOTHING: Query = { _id: { $in: [] } };

/** Which projects a person may see: all of them, or their own and those they are appointed to. */
export function projectScope(actor: Actor): Query {
  if (seesAllLines(actor)) return {};
  if (!may(actor, 'directory.read')) return NOTHING;
  return ownProjects(actor);
}

/** A person's own projects. */
export const ownProjects = ({ id }: Pick<Actor, 'id'>): Query => ({
  $or: [{ managerId: id }, { appointedIds: id }],
});

/** The same of a project at hand. */
export function seesProject(actor: Actor, project: Team): boolean {
  return seesAllLines(actor) || (may(actor, 'directory.read') && isOnTeam(actor, project));
}

/** Whether an order is a person's own. */
export const isOnTeam = ({ id }: Pick<Actor, 'id'>, project: Team): boolean =>
  project.managerId === id || project.appointedIds.includes(id);
