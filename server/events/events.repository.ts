import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Count } from '@svodka/shared/feed/feed';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { toMongo } from '@svodka/shared/filter/mongo';
import { PENDING_STATUSES } from '@svodka/shared/rules/status';
import type { Connection, mongo } from 'mongoose';
import { touchedNow } from '../platform/context/request-context.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { insertNew } from '../platform/mongo/insert-new.ts';
import { InsertTogether } from '../platform/mongo/insert-together.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { DueListRepository } from './due-list.repository.ts';
import {
  type EventDoc,
  EventSchema,
  indexNamed,
  type OldRevisionDoc,
  REVISIONS_INSIDE,
  type RevisionDoc,
} from './event.schema.ts';
import { EventListRepository, type EventPage, type PageAsk } from './event-list.repository.ts';

const REVISIONS_SHOWN = 1_000;
/** What comes at night tells of the day before: it stands among so many that happened last. */
const NEWEST = 50;

type Query = mongo.Filter<EventDoc>;
type Changes = Partial<Omit<EventDoc, '_id' | 'version' | 'rev' | 'revisions'>>;

/** By keys that imports gave, whatever the types have become. */
export const importedQuery = (externalIds: readonly string[]) => ({
  'source.externalId': { $in: [...externalIds] },
  'source.space': { $exists: false },
});

/** By how the keys begin that imports gave. */
export const importedFromQuery = (begin: string) => ({
  'source.externalId': { $gte: begin, $lt: `${begin}\uffff` },
  'source.space': { $exists: false },
});

/** Begins the keys that events have which were taken back: no file and no module has such. */
export const TAKEN_BACK = 'undone:';

/** The events in the store. It writes what it is told; what an event becomes is decided by the service. */
@Injectable()
export class EventsRepository {
  readonly #events: mongo.Collection<EventDoc>;
  readonly #old: mongo.Collection<OldRevisionDoc>;
  readonly #inserts: InsertTogether<EventDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly lists: EventListRepository,
    private readonly due: DueListRepository,
    private readonly vocabulary: Vocabulary,
  ) {
    connection.model<EventDoc>('Event', EventSchema);
    this.#events = driverCollection<EventDoc>(connection, 'events');
    this.#old = driverCollection<OldRevisionDoc>(connection, 'event_revisions');
    this.#inserts = new InsertTogether(this.#events);
  }

  /** One page, newest first by (occurredAt, id); see `EventListRepository`. */
  find(filter: ResolvedFilter, page: PageAsk): Promise<EventPage> {
    return this.lists.page(filter, page);
  }

  /** One page of what is open and has a deadline, the most overdue first; see `DueListRepository`. */
  findDue(filter: ResolvedFilter, page: PageAsk): Promise<EventPage> {
    return this.due.page(filter, page);
  }

  /** Exact up to `limit`, then a lower bound. @param goOn asked again and again; what it throws ends the count */
  count(filter: ResolvedFilter, limit: number, goOn?: () => void): Promise<Count> {
    return this.lists.count(filter, limit, goOn);
  }

  /** An event inside a scope, without its revisions. */
  get(id: Id, scope: ResolvedFilter = { and: [] }): Promise<EventDoc | null> {
    return this.#events.findOne(
      { $and: [{ _id: id }, toMongo(scope) as Query] },
      { projection: { revisions: 0 } },
    );
  }

  /** An event inside a scope; of its revisions everything but what they changed: who asked for them, and how. */
  getAsked(id: Id, scope: ResolvedFilter): Promise<EventDoc | null> {
    return this.#events.findOne(
      { $and: [{ _id: id }, toMongo(scope) as Query] },
      { projection: { 'revisions.changes': 0 } },
    );
  }

  /** False: its id, its source key or its idempotency key is taken. */
  async insert(doc: EventDoc): Promise<boolean> {
    await this.vocabulary.learn(doc.terms);
    return this.#inserts.insert(doc);
  }

  /** Inserts in one go; those whose id or source key is taken are left as they are. @returns how many were new */
  async insertMany(docs: EventDoc[]): Promise<number> {
    await this.vocabulary.learn(docs.flatMap(({ terms }) => terms));
    return insertNew(this.#events, docs);
  }

  /** Events of some types since a moment, newest first; without deleted ones. */
  recent(
    types: readonly EventDoc['type'][],
    since: Date,
    { limit, isPending = false }: { limit: number; isPending?: boolean },
  ): Promise<EventDoc[]> {
    const query: Query = {
      type: { $in: [...types] },
      occurredAt: { $gte: since },
      deletedAt: null,
      ...(isPending && { status: { $in: [...PENDING_STATUSES] } }),
    };
    return this.#events
      .find(query, { projection: { revisions: 0 } })
      .sort({ occurredAt: -1, _id: -1 })
      .limit(limit)
      .toArray();
  }

  /** When one of the newest events of a module was written last; null: it has none. */
  async lastWrittenOf(module: EventDoc['module']): Promise<Date | null> {
    const newest = await this.#events
      .find({ module, deletedAt: null }, { projection: { recordedAt: 1 } })
      .sort({ occurredAt: -1, _id: -1 })
      .limit(NEWEST)
      .toArray();
    const times = newest.map(({ recordedAt }) => recordedAt.getTime());
    return times.length > 0 ? new Date(Math.max(...times)) : null;
  }

  /** As they are stored, whoever may see them, without their revisions. */
  async byIds(ids: readonly Id[]): Promise<EventDoc[]> {
    if (ids.length === 0) return [];
    return this.#events.find({ _id: { $in: [...new Set(ids)] } }, { projection: { revisions: 0 } }).toArray();
  }

  /** Events of an order that carry files and that its customer may see too, newest first. */
  shownToCustomer(projectId: Id, limit: number): Promise<EventDoc[]> {
    return this.#events
      .find(
        { projectId, visibility: 'public', deletedAt: null, 'attachments.0': { $exists: true } } as Query,
        { projection: { revisions: 0 }, hint: indexNamed('projectId') },
      )
      .sort({ occurredAt: -1, _id: -1 })
      .limit(limit)
      .toArray();
  }

  /** Events of some types and orders between two moments, deleted ones left out. */
  ofOrders(
    projectIds: readonly Id[],
    types: readonly EventDoc['type'][],
    { from, to }: { from: Date; to: Date },
  ): Promise<EventDoc[]> {
    if (projectIds.length === 0) return Promise.resolve([]);
    return this.#events
      .find(
        {
          projectId: { $in: [...new Set(projectIds)] },
          occurredAt: { $gte: from, $lte: to },
          type: { $in: [...types] },
          deletedAt: null,
        } as Query,
        { projection: { revisions: 0 }, hint: indexNamed('projectId') },
      )
      .toArray();
  }

  /** The events of an order on which there are comments, the newest of many. */
  async discussedOf(projectId: Id, limit: number): Promise<Id[]> {
    const docs = await this.#events
      .find({ projectId, deletedAt: null, 'counters.comments': { $gt: 0 } } as Query, {
        projection: { _id: 1 },
        hint: indexNamed('projectId'),
      })
      .sort({ occurredAt: -1, _id: -1 })
      .limit(limit)
      .toArray();
    return docs.map(({ _id }) => _id);
  }

  countOfBatch(batchId: Id): Promise<number> {
    return this.#events.countDocuments({ 'source.batchId': batchId } as Query);
  }

  byCreation(actorId: Id, key: string): Promise<EventDoc | null> {
    return this.#events.findOne({ 'created.actorId': actorId, 'created.key': key } as Query, {
      projection: { revisions: 0 },
    });
  }

  /** By a key that a person gave, not an import. */
  bySource(module: string, externalId: string): Promise<EventDoc | null> {
    const key = { 'source.module': module, 'source.externalId': externalId, 'source.space': 'given' };
    return this.#events.findOne(key as Query, { projection: { revisions: 0 } });
  }

  /** By keys that a module gave. */
  bySources(module: string, externalIds: readonly string[]): Promise<EventDoc[]> {
    if (externalIds.length === 0) return Promise.resolve([]);
    const keys = {
      'source.module': module,
      'source.externalId': { $in: [...externalIds] },
      'source.space': 'given',
    };
    return this.#events.find(keys as Query, { projection: { revisions: 0 } }).toArray();
  }

  byImports(externalIds: readonly string[]): Promise<EventDoc[]> {
    if (externalIds.length === 0) return Promise.resolve([]);
    return this.#events.find(importedQuery(externalIds) as Query, { projection: { revisions: 0 } }).toArray();
  }

  async hasImported(begin: string): Promise<boolean> {
    const query = importedFromQuery(begin) as Query;
    return (await this.#events.findOne(query, { projection: { _id: 1 } })) !== null;
  }

  /** Some events of an import, deleted ones too. */
  ofBatch(batchId: Id, limit: number): Promise<EventDoc[]> {
    return this.#events
      .find({ 'source.batchId': batchId } as Query, { projection: { revisions: 0 } })
      .limit(limit)
      .toArray();
  }

  /** What the desk itself has told of an order. */
  toldOf(projectId: Id, limit: number): Promise<EventDoc[]> {
    return this.#events
      .find({ projectId, 'source.module': 'system', deletedAt: null } as Query, {
        projection: { revisions: 0 },
      })
      .limit(limit)
      .toArray();
  }

  /** Deletes events of an import and frees their keys, each if it is still as it was seen. */
  async takeBack(events: readonly EventDoc[], by: Id, now: Date): Promise<void> {
    await this.#events.bulkWrite(
      events.map((event) => {
        const { _id, version, rev, deletedAt, source } = event;
        const isNews = deletedAt === null;
        const changes = { deletedAt: { from: null, to: now.toISOString() } };
        return {
          updateOne: {
            filter: { _id, version },
            update: {
              $set: {
                // The event keeps a key, one that no file has: it may be brought back by hand.
                source: { module: source?.module, externalId: `${TAKEN_BACK}${_id}` } as EventDoc['source'],
                ...(isNews && { deletedAt: now, deletedBy: by, nextDueChangeAt: null, ...touchedNow() }),
              },
              $inc: { version: 1, ...(isNews && { rev: 1 }) },
              ...(isNews && {
                $push: {
                  revisions: { $each: [{ rev: rev + 1, at: now, by, changes }], $slice: -REVISIONS_INSIDE },
                },
              }),
            },
          },
        };
      }) as mongo.AnyBulkWriteOperation<EventDoc>[],
      { ordered: false },
    );
  }

  /** Lets a key be used again; the event keeps who created it. */
  async forgetKey(id: Id): Promise<void> {
    await this.#events.updateOne({ _id: id }, { $unset: { created: '' }, $inc: { version: 1 } });
  }

  /**
   * A person's change, with its revision, if the event is still at `version`; null: it is not.
   * A revision that the event has no more room for is first kept in `event_revisions`; a crash between the two leaves
   * it in both places, which reading sorts out.
   */
  async revise(id: Id, version: number, changes: Changes, revision: RevisionDoc): Promise<EventDoc | null> {
    if (revision.rev > REVISIONS_INSIDE) await this.#keepOldest(id);
    await this.vocabulary.learn(changes.terms ?? []);
    return this.#events.findOneAndUpdate(
      { _id: id, version },
      {
        $set: { ...changes, ...('deletedAt' in changes && touchedNow()) },
        $inc: { version: 1, rev: 1 },
        $push: { revisions: { $each: [revision], $slice: -REVISIONS_INSIDE } },
      },
      { returnDocument: 'after', projection: { revisions: 0 } },
    );
  }

  async #keepOldest(id: Id): Promise<void> {
    const doc = await this.#events.findOne({ _id: id }, { projection: { revisions: { $slice: 1 } } });
    if (!doc?.revisions[0]) return;
    // A key is looked for inside the event only.
    const { asked: _, ...oldest } = doc.revisions[0];
    await this.#old.updateOne(
      { _id: `${id}:${oldest.rev}` },
      { $setOnInsert: { eventId: id, ...oldest } },
      { upsert: true },
    );
  }

  /** The newest revisions, newest first; of an event that a script edits day and night, no more than anybody reads. */
  async revisions(id: Id): Promise<RevisionDoc[]> {
    const [doc, old] = await Promise.all([
      this.#events.findOne({ _id: id }, { projection: { revisions: 1 } }),
      this.#old.find({ eventId: id }).sort({ rev: -1 }).limit(REVISIONS_SHOWN).toArray(),
    ]);
    const inside = [...(doc?.revisions ?? [])].reverse();
    const lowest = inside.at(-1)?.rev ?? Number.POSITIVE_INFINITY;
    return [...inside, ...old.filter(({ rev }) => rev < lowest)];
  }

  /** The newest revisions of some events, which stand in them, oldest first. */
  async revisionsOf(ids: readonly Id[]): Promise<Map<Id, RevisionDoc[]>> {
    if (ids.length === 0) return new Map();
    const docs = await this.#events
      .find({ _id: { $in: [...ids] } }, { projection: { revisions: 1 } })
      .toArray();
    return new Map(docs.map(({ _id, revisions = [] }) => [_id, revisions]));
  }

  /** What follows from elsewhere: no revision, `version` only. False: the event has changed meanwhile. */
  async amend(id: Id, version: number, changes: Changes): Promise<boolean> {
    await this.vocabulary.learn(changes.terms ?? []);
    const result = await this.#events.updateOne(
      { _id: id, version },
      { $set: changes, $inc: { version: 1 } },
    );
    return result.modifiedCount === 1;
  }

  /** Several amendments at once; those whose event has changed meanwhile do nothing. @returns how many were written */
  async amendMany(amendments: { id: Id; version: number; changes: Changes }[]): Promise<number> {
    if (amendments.length === 0) return 0;
    await this.vocabulary.learn(amendments.flatMap(({ changes }) => changes.terms ?? []));
    const result = await this.#events.bulkWrite(
      amendments.map(({ id, version, changes }) => ({
        updateOne: { filter: { _id: id, version }, update: { $set: changes, $inc: { version: 1 } } },
      })),
      { ordered: false },
    );
    return result.modifiedCount;
  }

  /** Events that name a project or a counterparty, deleted ones too, by id after `after`. */
  naming(
    by: { projectId: Id } | { counterpartyId: Id },
    after: Id | null,
    limit: number,
  ): Promise<EventDoc[]> {
    const named: Query =
      'projectId' in by ? { projectId: by.projectId } : { counterpartyIds: by.counterpartyId };
    return this.#events
      .find(after ? { $and: [named, { _id: { $gt: after } }] } : named, { projection: { revisions: 0 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
  }
}
