// Whose data are to be erased, and what of the data is theirs.
import type { Id } from '@svodka/shared/contracts/id';
import { PAYLOAD_FIELDS } from '@svodka/shared/contracts/payload';
import type { mongo } from 'mongoose';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { Identifiers, knownBy } from './identifiers.ts';

/** Whose data cannot be erased, and why. */
export class SubjectError extends Error {
  override readonly name = 'SubjectError';
}

export type Subject = {
  /** The card, and those that were merged into it. */
  cards: CounterpartyDoc[];
  projects: Pick<ProjectDoc, '_id' | 'number'>[];
  /** Of these counterparties or orders alone, or calls with one of their phones. */
  eventIds: Set<Id>;
  identifiers: Identifiers;
  /** Numbers of other cards that have a phone of theirs. */
  sharedWith: string[];
};

/**
 * By the number of a card, its id, a phone or a mail address of it.
 * @throws SubjectError when it is nobody's, or of several
 */
export async function findSubject(db: mongo.Db, asked: string): Promise<Subject> {
  const counterparties = db.collection<CounterpartyDoc>('counterparties');
  const all = await counterparties
    .find(
      {},
      { projection: { name: 1, number: 1, phones: 1, emails: 1, contacts: 1, inn: 1, ogrn: 1, merged: 1 } },
    )
    .toArray();
  const asPhone = new Identifiers([{ names: [], phones: [asked], emails: [], numbers: [], addresses: [] }]);
  const isAsked = (card: CounterpartyDoc): boolean => {
    const { phones, emails } = knownBy(card, []);
    return (
      card._id === asked ||
      card.number.toLowerCase() === asked.toLowerCase() ||
      phones.some((phone) => asPhone.calls(phone)) ||
      emails.some((email) => email.toLowerCase() === asked.toLowerCase())
    );
  };
  const root = (card: CounterpartyDoc): CounterpartyDoc => {
    for (let at = card, steps = 0; steps < all.length; steps++) {
      const next = at.merged && all.find(({ _id }) => _id === at.merged?.into);
      if (!next) return at;
      at = next;
    }
    return card;
  };
  const found = [...new Set(all.filter(isAsked).map(root))];
  const [card] = found;
  if (!card) throw new SubjectError(`No counterparty has the number, id, phone or mail address ${asked}.`);
  if (found.length > 1)
    throw new SubjectError(
      `${asked} stands on ${found.length} cards: ${found.map(({ number }) => number).join(', ')}. Name one by its number.`,
    );
  const ids = all.filter((each) => root(each) === card).map(({ _id }) => _id);
  const cards = await counterparties.find({ _id: { $in: ids } }).toArray();
  const projects = await db
    .collection<ProjectDoc>('projects')
    .find(
      { $or: [{ counterpartyId: { $in: ids } }, { namedCounterpartyId: { $in: ids } }] },
      { projection: { number: 1, objectAddress: 1 } },
    )
    .toArray();
  const addresses = projects.map(({ objectAddress }) => objectAddress);
  // What a merged card said before stands on it, hidden.
  const before = cards.flatMap(({ merged }) => (merged ? [merged.before, merged.after] : []));
  const identifiers = new Identifiers([
    // What was erased already has a name that is nobody's.
    ...cards.map((one) => knownBy(one.erasedAt ? { ...one, name: '' } : one, addresses)),
    ...before.map((values) => knownBy({ name: '', phones: [], emails: [], inn: null, ...values }, [])),
  ]);
  const shared = all.filter(
    (other) =>
      !ids.includes(other._id) && knownBy(other, []).phones.some((phone) => identifiers.calls(phone)),
  );
  const eventIds = await eventsOf(db, new Set(ids), new Set(projects.map(({ _id }) => _id)), identifiers);
  return { cards, projects, eventIds, identifiers, sharedWith: shared.map(({ number }) => number) };
}

const PHONES = [
  ...new Set(
    Object.values(PAYLOAD_FIELDS).flatMap((fields) =>
      fields.flatMap(({ name, kind }) => (kind === 'phone' ? [name] : [])),
    ),
  ),
];

/** Ids of events that are theirs. One that names somebody else too, on nobody's order of theirs, stays that one's. */
async function eventsOf(
  db: mongo.Db,
  cards: ReadonlySet<Id>,
  projects: ReadonlySet<Id>,
  identifiers: Identifiers,
): Promise<Set<Id>> {
  const found = new Set<Id>();
  const projection = { projectId: 1, counterpartyIds: 1, namedIds: 1, payload: 1 };
  for await (const event of db.collection<EventDoc>('events').find({}, { projection })) {
    const { _id, projectId, counterpartyIds, namedIds, payload } = event;
    const named = [...counterpartyIds, ...(namedIds ?? [])];
    const isOfCard = named.length > 0 && named.every((id) => cards.has(id));
    const isOfOrder = projectId !== null && projects.has(projectId);
    const values = payload as Record<string, unknown>;
    if (isOfCard || isOfOrder || PHONES.some((name) => identifiers.calls(values[name]))) found.add(_id);
  }
  return found;
}
