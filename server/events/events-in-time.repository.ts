import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { and, type ResolvedFilter } from '@svodka/shared/filter/ast';
import type { Connection, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import type { EventDoc } from './event.schema.ts';
import { EventListRepository } from './event-list.repository.ts';

const PAGE = 200;

type Query = mongo.Filter<EventDoc>;

/** What is looked at in an event that may be what another was to be followed by. */
export type Follower = Pick<EventDoc, '_id' | 'projectId' | 'counterpartyIds' | 'occurredAt'>;

/** Each by an index of its own. An event that answers to both comes twice. */
export const EVENTS_SINCE = (since: Date): Query[] => [
  { recordedAt: { $gte: since } },
  { dueState: { $in: ['approaching', 'due', 'overdue'] }, dueAt: { $gte: since } },
];

/** What time changes of an event, and by what it does: all that the sweep reads, because thousands come at one moment. */
const TIMED = {
  version: 1,
  rev: 1,
  status: 1,
  deletedAt: 1,
  claim: 1,
  snooze: 1,
  dueAt: 1,
  dueAllDay: 1,
  dueZone: 1,
  dueLocal: 1,
  dueLeadMin: 1,
  dueState: 1,
  nextDueChangeAt: 1,
} as const;
export type TimedDoc = Pick<EventDoc, '_id' | keyof typeof TIMED>;

/** Events as time asks for them: what falls due, lapses, was put off, or was to follow. */
@Injectable()
export class EventsInTime {
  readonly #events: mongo.Collection<EventDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly lists: EventListRepository,
  ) {
    this.#events = driverCollection<EventDoc>(connection, 'events');
  }

  /** Events that were recorded since a moment, then those whose deadline is told of and was not over by then. */
  async *momentsSince(since: Date): AsyncGenerator<EventDoc> {
    for (const query of EVENTS_SINCE(since))
      yield* this.#events.find(query, { projection: { revisions: 0 } });
  }

  /** Claimed events, of one person or of all, whose lease ends before a moment; without their words. */
  claimed(by: Id | null, until?: Date): Promise<EventDoc[]> {
    const query = {
      'claim.by': by ?? { $exists: true },
      ...(until && { 'claim.until': { $lt: until } }),
    };
    const projection = by ? { revisions: 0, terms: 0, body: 0 } : { 'claim.by': 1 };
    return this.#events.find(query as Query, { projection }).toArray();
  }

  /** Events that were put off until another comes. */
  awaitingEvents(): AsyncGenerator<EventDoc[]> {
    const query = { status: 'snoozed', 'snooze.type': { $type: 'string' } } as Query;
    return this.#pages(query, { occurredAt: -1, _id: -1 });
  }

  /** Whether an order has had an event of a type since a moment, by when it was written down. */
  async hasSince(projectId: Id, type: EventDoc['type'], since: Date): Promise<boolean> {
    const query = { projectId, type, recordedAt: { $gt: since }, deletedAt: null };
    return (await this.#events.findOne(query as Query, { projection: { _id: 1 } })) !== null;
  }

  /** Events that time has changed, longest overdue first. */
  dueForSweep(now: Date, limit: number): Promise<TimedDoc[]> {
    return this.#events
      .find({ nextDueChangeAt: { $lte: now, $type: 'date' } } as Query, { projection: TIMED })
      .sort({ nextDueChangeAt: 1 })
      .limit(limit)
      .toArray();
  }

  /** Events that were due on a whole day since a moment, and are not done. */
  wholeDaysCome(since: Date, limit: number): Promise<TimedDoc[]> {
    return this.#events
      .find({ dueState: { $in: ['due', 'overdue'] }, dueAllDay: true, dueAt: { $gte: since } } as Query, {
        projection: TIMED,
      })
      .limit(limit)
      .toArray();
  }

  /** Events whose deadline lies in a stretch of time, in pages. */
  dueWithin(from: Date, to: Date): AsyncGenerator<EventDoc[]> {
    return this.#pages({ dueAt: { $gt: from, $lte: to, $type: 'date' } } as Query, { dueAt: 1, _id: 1 });
  }

  /** Events that name a day of a stretch of time, as the day on which something begins, in pages. */
  plannedWithin(from: Date, to: Date): AsyncGenerator<EventDoc[]> {
    const day = (at: Date) => at.toISOString().slice(0, 10);
    return this.#pages({ 'payload.startOn': { $gte: day(from), $lte: day(to) } } as Query, {
      'payload.startOn': 1,
    });
  }

  /** What is overdue, in pages. */
  overdue(): AsyncGenerator<EventDoc[]> {
    return this.#pages({ dueState: 'overdue' }, { occurredAt: -1, _id: -1 });
  }

  /** What a filter finds among that which happened in a stretch of time, its end included, newest first, in pages. */
  async *matching(filter: ResolvedFilter, from: Date, to: Date): AsyncGenerator<EventDoc[]> {
    const end = new Date(to.getTime() + 1);
    const within = { field: 'occurred', from: from.toISOString(), to: end.toISOString() } as const;
    let after: string | undefined;
    do {
      const page = await this.lists.page(and(filter, within), { after, limit: PAGE, whole: true });
      if (page.docs.length > 0) yield page.docs;
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  /** Events with those of their revisions that are inside them. */
  withRevisions(ids: readonly Id[]): Promise<EventDoc[]> {
    return this.#events.find({ _id: { $in: [...ids] } }).toArray();
  }

  /** Of what was to follow some events, what is there: by their orders, without one by their counterparties. */
  async followers(type: EventDoc['type'], bases: readonly EventDoc[]): Promise<Follower[]> {
    const since = new Date(Math.min(...bases.map(({ occurredAt }) => occurredAt.getTime())));
    const projectIds = [...new Set(bases.flatMap(({ projectId }) => projectId ?? []))];
    const loose = bases.filter(({ projectId }) => projectId === null);
    const counterpartyIds = [...new Set(loose.flatMap((base) => base.counterpartyIds))];
    const ofWhom: Query[] = [
      ...(projectIds.length > 0 ? [{ projectId: { $in: projectIds } }] : []),
      ...(counterpartyIds.length > 0 ? [{ counterpartyIds: { $in: counterpartyIds } }] : []),
    ];
    const found = await Promise.all(
      ofWhom.map((query) =>
        this.#events
          .find({ ...query, type, deletedAt: null, occurredAt: { $gte: since } } as Query, {
            projection: { projectId: 1, counterpartyIds: 1, occurredAt: 1 },
          })
          .toArray(),
      ),
    );
    return found.flat() as Follower[];
  }

  async *#pages(query: Query, sort: Record<string, 1 | -1>): AsyncGenerator<EventDoc[]> {
    let page: EventDoc[] = [];
    for await (const event of this.#events.find(query, { projection: { revisions: 0 } }).sort(sort)) {
      if (page.push(event) < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  /** When the next due state changes; null: none will. */
  async nextDueChange(): Promise<Date | null> {
    const [event] = await this.#events
      .find({ nextDueChangeAt: { $type: 'date' } } as Query, { projection: { nextDueChangeAt: 1 } })
      .sort({ nextDueChangeAt: 1 })
      .limit(1)
      .toArray();
    return event?.nextDueChangeAt ?? null;
  }
}
