import type { Counterparty, Project } from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import {
  type Actor,
  CARD_FIELDS,
  type CardField,
  cardFields,
  may,
  seesAllLines,
} from '@svodka/shared/rules/permissions';

type Query = Record<string, unknown>;
type Team = { managerId: Id | null; appointedIds: readonly Id[] };

/** Nobody's entries. */
const NOTHING: Query = { _id: { $in: [] } };

/** Which projects a person may see: all of them, or their own and those they are appointed to. */
export function projectScope(actor: Actor): Query {
  if (seesAllLines(actor)) return {};
  if (!may(actor, 'directory.read')) return NOTHING;
  return { $or: [{ managerId: actor.id }, { appointedIds: actor.id }] };
}

/** The same of a project at hand. */
export function seesProject(actor: Actor, project: Team): boolean {
  return seesAllLines(actor) || (may(actor, 'directory.read') && isOnTeam(actor, project));
}

/** Which counterparties: all of them, or their own and those of the projects that are theirs. */
export async function counterpartyScope(
  actor: Actor,
  counterpartiesOf: (userId: Id) => Promise<Id[]>,
): Promise<Query> {
  if (seesAllLines(actor)) return {};
  if (!may(actor, 'directory.read')) return NOTHING;
  return { $or: [{ managerId: actor.id }, { _id: { $in: await counterpartiesOf(actor.id) } }] };
}

/** The same of counterparties at hand; whose orders name them is asked only where that decides. */
export async function visibleCounterparties<C extends { _id: Id; managerId: Id | null }>(
  actor: Actor,
  docs: readonly C[],
  counterpartiesOf: (userId: Id) => Promise<Id[]>,
): Promise<C[]> {
  if (seesAllLines(actor)) return [...docs];
  if (!may(actor, 'directory.read')) return [];
  const isManager = ({ managerId }: C) => managerId === actor.id;
  const ofOrders = new Set(docs.every(isManager) ? [] : await counterpartiesOf(actor.id));
  return docs.filter((doc) => isManager(doc) || ofOrders.has(doc._id));
}

/** The right is missing for one field of a form: the answer says which. */
export const notYours = (field: 'managerId' | 'appointedIds' | 'number'): AppError =>
  new AppError('forbidden', field, [
    { field, reason: field === 'number' ? 'number-given' : 'not-your-team' },
  ]);

/** Whether a person sees every card whole, so that nobody need ask which are their own. */
export function seesAllCards(actor: Actor): boolean {
  return cardFields(actor).size === CARD_FIELDS.length;
}

type Entry = Project | Counterparty;
const EMPTY = { amountKop: null, inn: null, phones: [], emails: [], note: '' } as const;

/** An entry as a person may see it: what is not theirs to know is empty. `isOwn`: they see it whole. */
export function cardFor<E extends Entry>(actor: Actor, entry: E, isOwn: boolean): E {
  if (isOwn || seesAllCards(actor)) return entry;
  const sees = cardFields(actor);
  const hidden = CARD_FIELDS.filter((field: CardField) => field in entry && !sees.has(field));
  return { ...entry, ...Object.fromEntries(hidden.map((field) => [field, EMPTY[field]])) };
}

/** Whether an order is a person's own. */
export const isOnTeam = ({ id }: Pick<Actor, 'id'>, project: Team): boolean =>
  project.managerId === id || project.appointedIds.includes(id);
