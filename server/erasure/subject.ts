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
  /** Numbers of other cards that have a phone, a mail address or a tax number of theirs. */
  sharedWith: string[];
};

type Line = Pick<
  CounterpartyDoc,
  '_id' | 'name' | 'number' | 'phones' | 'emails' | 'contacts' | 'inn' | 'ogrn' | 'merged'
>;
const LINE = { name: 1, number: 1, phones: 1, emails: 1, contacts: 1, inn: 1, ogrn: 1, merged: 1 } as const;

const linesOf = (db: mongo.Db): Promise<Line[]> =>
  db.collection<CounterpartyDoc>('counterparties').find({}, { projection: LINE }).toArray();

/**
 * By the number of a card, its id, a phone or a mail address of it; cards that were merged into it go with it.
 * @throws SubjectError when it is nobody's, or of several
 */
export async function findSubject(db: mongo.Db, asked: string): Promise<Subject> {
  const all = await linesOf(db);
  const asPhone = new Identifiers([{ names: [], phones: [asked], emails: [], numbers: [], addresses: [] }]);
  const isAsked = (card: Line): boolean => {
    const { phones, emails } = knownBy(card, []);
    return (
      card._id === asked ||
      card.number.toLowerCase() === asked.toLowerCase() ||
      phones.some((phone) => asPhone.calls(phone)) ||
      emails.some((email) => email.toLowerCase() === asked.toLowerCase())
    );
  };
  const byId = new Map(all.map((card) => [card._id, card]));
  const root = (card: Line): Line => {
    let at = card;
    for (let steps = 0; at.merged && steps < all.length; steps++) at = byId.get(at.merged.into) ?? at;
    return at;
  };
  const found = [...new Set(all.filter(isAsked).map(root))];
  const [card] = found;
  if (!card) throw new SubjectError(`No counterparty has the number, id, phone or mail address ${asked}.`);
  if (found.length > 1)
    throw new SubjectError(
      `${asked} stands on ${found.length} cards: ${found.map(({ number }) => number).join(', ')}. Name one by its number.`,
    );
  return subjectOfCards(
    db,
    all.filter((each) => root(each) === card).map(({ _id }) => _id),
    all,
  );
}

/** Exactly these cards, whatever they stand for. */
export async function subjectOfCards(db: mongo.Db, ids: Id[], lines?: readonly Line[]): Promise<Subject> {
  const others = (lines ?? (await linesOf(db))).filter(({ _id }) => !ids.includes(_id));
  const cards = await db
    .collection<CounterpartyDoc>('counterparties')
    .find({ _id: { $in: ids } })
    .toArray();
  const orders = await db
    .collection<ProjectDoc>('projects')
    .find({}, { projection: { number: 1, objectAddress: 1, counterpartyId: 1, namedCounterpartyId: 1 } })
    .toArray();
  const isTheirs = (order: Pick<ProjectDoc, 'counterpartyId' | 'namedCounterpartyId'>): boolean =>
    [order.counterpartyId, order.namedCounterpartyId].some((id) => id && ids.includes(id));
  const projects = orders.filter(isTheirs);
  const addresses = projects.map(({ objectAddress }) => objectAddress);
  // What a merged card said before stands on it, hidden.
  const before = cards.flatMap(({ merged }) => (merged ? [merged.before, merged.after] : []));
  const known = [
    // What was erased already has a name that is nobody's.
    ...cards.map((one) => knownBy(one.erasedAt ? { ...one, name: '' } : one, addresses)),
    ...before.map((values) => knownBy({ name: '', phones: [], emails: [], inn: null, ...values }, [])),
  ];
  const texts = [
    ...others.flatMap(({ name, contacts = [] }) => [name, ...contacts.map((one) => one.name)]),
    ...orders.filter((order) => !isTheirs(order)).map(({ objectAddress }) => objectAddress),
  ];
  const identifiers = new Identifiers(known, texts);
  const hard = new Set(known.flatMap(({ emails, numbers }) => [...emails, ...numbers]));
  const shared = others.filter((other) => {
    const { phones, emails, numbers } = knownBy(other, []);
    return (
      phones.some((phone) => identifiers.calls(phone)) || [...emails, ...numbers].some((one) => hard.has(one))
    );
  });
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
