import { type Actor, may, seesAllLines } from '@svodka/shared/rules/permissions';

type Query = Record<string, unknown>;

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
