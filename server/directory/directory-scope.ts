import type { Id } from '@svodka/shared/contracts/id';
import { type Actor, may, seesEverything, staffModules } from '@svodka/shared/rules/permissions';

type Query = Record<string, unknown>;

/**
 * Which projects a person may see. Staff (finance, orders, measurer) enter events of any order, so they see all of
 * them; one who is only a manager sees their own and those they are appointed to.
 */
export function projectScope(actor: Actor): Query {
  if (seesEverything(actor) || staffModules(actor).length > 0) return {};
  if (!may(actor, 'directory.read')) return { _id: { $in: [] } };
  return { $or: [{ managerId: actor.id }, { appointedIds: actor.id }] };
}

/** Which counterparties: for one who is only a manager, their own and those of the projects they see. */
export async function counterpartyScope(
  actor: Actor,
  counterpartiesOf: (userId: Id) => Promise<Id[]>,
): Promise<Query> {
  if (seesEverything(actor) || staffModules(actor).length > 0) return {};
  if (!may(actor, 'directory.read')) return { _id: { $in: [] } };
  return { $or: [{ managerId: actor.id }, { _id: { $in: await counterpartiesOf(actor.id) } }] };
}
