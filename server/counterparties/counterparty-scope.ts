import type { Id } from '@svodka/shared/contracts/id';
import { type Actor, may, seesAllLines } from '@svodka/shared/rules/permissions';

type Query = Record<string, unknown>;

/** Which counterparties a person may see: all of them, or their own and those of the orders that are theirs. */
export async function counterpartyScope(
  actor: Actor,
  customersOf: (userId: Id) => Promise<Id[]>,
): Promise<Query> {
  if (seesAllLines(actor)) return {};
  if (!may(actor, 'directory.read')) return { _id: { $in: [] } };
  return { $or: [{ managerId: actor.id }, { _id: { $in: await customersOf(actor.id) } }] };
}

/** The same of counterparties at hand; whose orders name them is asked only where that decides. */
export async function visibleCounterparties<C extends { _id: Id; managerId: Id | null }>(
  actor: Actor,
  docs: readonly C[],
  customersOf: (userId: Id) => Promise<Id[]>,
): Promise<C[]> {
  if (seesAllLines(actor)) return [...docs];
  if (!may(actor, 'directory.read')) return [];
  const isManager = ({ managerId }: C) => managerId === actor.id;
  const ofOrders = new Set(docs.every(isManager) ? [] : await customersOf(actor.id));
  return docs.filter((doc) => isManager(doc) || ofOrders.has(doc._id));
}
