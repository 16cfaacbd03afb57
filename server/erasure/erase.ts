// Takes what is somebody's out of every collection. What stays is what happened and when, and sums: no word of theirs.
import { type Id, IdSchema } from '@svodka/shared/contracts/id';
import { PAYLOAD_FIELDS } from '@svodka/shared/contracts/payload';
import { translate } from '@svodka/shared/messages/catalogue';
import type { Document } from 'bson';
import type { Connection, mongo } from 'mongoose';
import { AuditRepository } from '../audit/audit.repository.ts';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { CUSTOMER_LINKS } from '../customers/customer-link.schema.ts';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { SEARCH_STEPS } from '../events/search.steps.ts';
import { BUCKET, type FileDoc } from '../files/file.schema.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { Clock } from '../platform/clock.ts';
import { GRACE_MS, Vocabulary } from '../platform/mongo/vocabulary.ts';
import { WORDED } from '../retention/retention.table.ts';
import { ERASED, type Identifiers } from './identifiers.ts';
import type { Subject } from './subject.ts';
import { sweep } from './sweep.ts';

/** What was erased, by kind. */
export type Erased = Record<
  'cards' | 'orders' | 'events' | 'comments' | 'files' | 'letters' | 'links' | 'mentions',
  number
>;

const BATCH = 500;

class LaterClock extends Clock {
  now(): Date {
    return new Date(Date.now() + GRACE_MS + 60_000);
  }
}

/** Works through many ids, some at a time. */
async function eachSome(ids: Iterable<Id>, work: (some: Id[]) => Promise<void>): Promise<void> {
  const all = [...ids];
  for (let at = 0; at < all.length; at += BATCH) await work(all.slice(at, at + BATCH));
}

/** Done twice it is done once: whatever interrupts it, it is begun again. */
export async function erase(connection: Connection, subject: Subject, at: Date): Promise<Erased> {
  const { db } = connection;
  if (!db) throw new Error('the connection is not open');
  const cards = subject.cards.map(({ _id }) => _id);
  const projects = subject.projects.map(({ _id }) => _id);
  const comments = await idsOf(db, 'comments', 'eventId', subject.eventIds);
  const erased: Erased = {
    cards: cards.length,
    orders: projects.length,
    events: subject.eventIds.size,
    comments: comments.length,
    files: await files(db, [...cards, ...projects, ...subject.eventIds, ...comments]),
    letters: await letters(db, subject, projects),
    links: await remove(db, CUSTOMER_LINKS, {
      $or: [{ projectId: { $in: projects } }, { counterpartyId: { $in: cards } }],
    }),
    mentions: 0,
  };
  await remove(db, 'confidential_notes', { _id: { $in: projects } });
  await remove(db, 'source_codes', { counterpartyId: { $in: cards } });
  // While card and orders still say by what they are known: whoever is cut off finds the rest by it.
  erased.mentions = await sweep(
    connection,
    subject.identifiers,
    new Set([...cards, ...projects, ...subject.eventIds]),
  );
  await eachSome(subject.eventIds, async (some) => {
    await remove(db, 'event_revisions', { eventId: { $in: some } });
    await events(db, some, subject.identifiers);
    await wordless(db, some, at);
  });
  for (const { _id } of subject.projects) await order(db, _id);
  for (const card of subject.cards) await emptyCard(db, card, at);
  await forget(connection, db);
  await new AuditRepository(connection).append(
    subject.cards.map(({ _id }) => ({
      at,
      who: null,
      what: 'counterparty.erased' as const,
      object: { kind: 'counterparty' as const, id: _id },
      from: null,
      details: { events: erased.events, files: erased.files },
      key: `erased:${_id}:${at.toISOString()}`,
    })),
  );
  return erased;
}

async function remove(db: mongo.Db, name: string, filter: Document): Promise<number> {
  return (await db.collection(name).deleteMany(filter)).deletedCount;
}

async function idsOf(db: mongo.Db, name: string, field: string, values: Iterable<Id>): Promise<Id[]> {
  const found: Id[] = [];
  await eachSome(values, async (some) => {
    const docs = await db
      .collection<{ _id: Id }>(name)
      .find({ [field]: { $in: some } } as mongo.Filter<{ _id: Id }>, { projection: { _id: 1 } })
      .toArray();
    found.push(...docs.map(({ _id }) => _id));
  });
  return found;
}

/** Files of any of these owners, recordings among them, with what is on its way. */
async function files(db: mongo.Db, owners: readonly Id[]): Promise<number> {
  const theirs = new Set(owners);
  const ids: Id[] = [];
  for (const [name, field] of [
    [`${BUCKET}.files`, 'metadata.owner'],
    [`${BUCKET}.uploads`, 'owner'],
  ] as const)
    for await (const file of db.collection<FileDoc>(name).find({}, { projection: { [field]: 1 } })) {
      const owner = file.metadata?.owner ?? (file as unknown as { owner: { id: Id } }).owner;
      if (theirs.has(owner.id)) ids.push(file._id);
    }
  await eachSome(ids, async (some) => {
    await remove(db, `${BUCKET}.chunks`, { files_id: { $in: some } });
    for (const name of ['thumbnails', 'uploads', 'files'])
      await remove(db, `${BUCKET}.${name}`, { _id: { $in: some } });
  });
  return ids.length;
}

/** Letters to them, and those that told anybody of an event of theirs, alone or with others. */
async function letters(db: mongo.Db, { cards, eventIds }: Subject, projects: readonly Id[]): Promise<number> {
  const notices = await idsOf(db, 'notices', 'eventId', eventIds);
  const ids = new Set(await idsOf(db, 'deliveries', 'noticeId', notices));
  const toThem = await db
    .collection<{ _id: Id }>('deliveries')
    .find(
      {
        $or: [
          { 'customer.counterpartyId': { $in: cards.map(({ _id }) => _id) } },
          { 'customer.projectId': { $in: [...projects] } },
        ],
      },
      { projection: { _id: 1 } },
    )
    .toArray();
  for (const { _id } of toThem) ids.add(_id);
  const into = await db
    .collection<{ _id: Id; intoId?: Id }>('deliveries')
    .find({ _id: { $in: [...ids] }, intoId: { $exists: true } }, { projection: { intoId: 1 } })
    .toArray();
  for (const { intoId } of into) if (intoId) ids.add(intoId);
  await eachSome(ids, async (some) => {
    await remove(db, 'deliveries', { _id: { $in: some } });
  });
  return ids.size;
}

/** What a type's payload holds that nobody has written: numbers, days, choices. */
function figuresOf({ type, payload }: Pick<EventDoc, 'type' | 'payload'>): Document {
  const values = payload as Record<string, unknown>;
  const written = ['line', 'text', 'phone', 'openings'];
  const kept = (PAYLOAD_FIELDS[type] ?? []).filter(
    ({ name, kind }) =>
      name in values &&
      !written.includes(kind) &&
      // Another program names a crew by words.
      (kind !== 'crew' || IdSchema.safeParse(values[name]).success),
  );
  return Object.fromEntries(kept.map(({ name }) => [name, values[name]]));
}

async function events(db: mongo.Db, ids: Id[], identifiers: Identifiers): Promise<void> {
  const all = db.collection<EventDoc>('events');
  const docs = await all.find({ _id: { $in: ids } }).toArray();
  const keyOf = ({ source }: EventDoc) => {
    const externalId = identifiers.otherKey(source);
    return source && externalId && { source: { ...source, externalId } };
  };
  await all.bulkWrite(
    docs.map((event) => ({
      updateOne: {
        filter: { _id: event._id },
        update: {
          $set: {
            title: translate('ru', `type.${event.type}`),
            body: '',
            payload: figuresOf(event) as EventDoc['payload'],
            itemIds: [],
            revisions: [],
            counters: { comments: 0 },
            terms: [],
            // Of ours it is the id that says who has written it.
            ...(event.author.userId === null && { author: { userId: null, name: ERASED } }),
            ...(event.claim && { claim: { ...event.claim, reason: null } }),
            ...keyOf(event),
          },
          $unset: { attachments: '', commentTerms: '', created: '', touched: '' },
          $inc: { version: 1 },
        } as mongo.UpdateFilter<EventDoc>,
      },
    })),
  );
}

/** What was said about events. */
async function wordless(db: mongo.Db, eventIds: Id[], at: Date): Promise<void> {
  await db.collection<CommentDoc>('comments').updateMany(
    { eventId: { $in: eventIds } },
    {
      $set: { body: '', terms: [], mentionIds: [], deletedAt: at, deletedBy: null, removed: null },
      $unset: { attachments: '', history: '', asked: '', groups: '', touched: '' },
      $inc: { version: 1 },
    },
  );
}

async function order(db: mongo.Db, _id: Id): Promise<void> {
  const projects = db.collection<ProjectDoc>('projects');
  const found = await projects.findOne({ _id });
  if (!found) return;
  const { statusOverride, chainEdits, prior } = found;
  await projects.updateOne({ _id }, {
    $set: {
      objectAddress: '',
      note: '',
      ...(statusOverride && { statusOverride: { ...statusOverride, reason: ERASED } }),
      ...(chainEdits && {
        chainEdits: chainEdits.map((edit) => ({ ...edit, reason: edit.reason && ERASED })),
      }),
      ...(prior && { prior: prior.map((fact) => ({ ...fact, payload: figuresOf(fact) })) }),
      // Derived anew at the next start.
      'line.rules': 0,
    } as mongo.MatchKeysAndValues<ProjectDoc>,
    $unset: { attachments: '', touched: '' },
    $inc: { version: 1 },
  } as mongo.UpdateFilter<ProjectDoc>);
}

async function emptyCard(db: mongo.Db, { _id, merged }: CounterpartyDoc, at: Date): Promise<void> {
  await db.collection<CounterpartyDoc>('counterparties').updateOne({ _id }, {
    $set: {
      name: translate('ru', 'erasure.name'),
      inn: null,
      phones: [],
      emails: [],
      note: '',
      alike: [],
      terms: [],
      erasedAt: at,
      ...(merged && { merged: { ...merged, before: {}, after: {} } }),
    },
    $unset: { kpp: '', ogrn: '', contacts: '', consents: '', attachments: '', touched: '' },
    $inc: { version: 1 },
  } as mongo.UpdateFilter<CounterpartyDoc>);
}

/** What is left is found by its own words, and the words that nothing has are words no more. */
async function forget(connection: Connection, db: mongo.Db): Promise<void> {
  for (const { run } of SEARCH_STEPS) await run({ db, resumeAt: null, reached: async () => {} });
  const holders = WORDED.map((name) => db.collection<{ _id: Id; terms: string[] }>(name));
  // Once to mark them, and once more as of after the time that they stay marked: nobody else is at work.
  await new Vocabulary(connection).forget(holders);
  await new Vocabulary(connection, new LaterClock()).forget(holders);
}
