import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { EventCreate, EventEdit, Revision, Visibility } from '@svodka/shared/contracts/event';
import type { Attachment } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { type EventType, moduleOf } from '@svodka/shared/contracts/modules';
import { type Payload, payloadSchema } from '@svodka/shared/contracts/payload';
import { COUNT_LIMIT, type Count } from '@svodka/shared/feed/feed';
import { and, type Filter, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { openly } from '@svodka/shared/filter/edit';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { UNDO_MS } from '@svodka/shared/rules/history';
import { lapsed } from '@svodka/shared/rules/hold';
import {
  type Actor,
  findsByCards,
  mayCreate,
  mayEdit,
  mayRemove,
  mayResolve,
  maySpeakFor,
} from '@svodka/shared/rules/permissions';
import { bornStatus, isPending } from '@svodka/shared/rules/status';
import { StandIns } from '../counterparties/stand-ins.ts';
import { sameTerms } from '../entries/entry.ts';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { contractError, refused } from '../platform/errors/contract-error.ts';
import { idAside } from '../platform/mongo/derived-id.ts';
import { CallNumbers } from './call-numbers.service.ts';
import { changesBetween } from './changes.ts';
import { toRevision, toWire } from './event.mapper.ts';
import type { AskedFor, EventDoc, RevisionDoc } from './event.schema.ts';
import { EventContext } from './event-context.service.ts';
import { deadlineFields, derivedFields, hashOfBody, ownCounterparties, timedFields } from './event-fields.ts';
import { EventImporter, type ImportedEvent } from './event-importer.service.ts';
import type { EventPage } from './event-list.repository.ts';
import type { Surroundings } from './event-terms.ts';
import { EventsRepository } from './events.repository.ts';
import { Settling } from './settling.service.ts';
import { beforeRevision, isFollowed, isTakenBack, mayTakeBack, takingBack } from './taking-back.ts';

/** Clocks differ; plans have a deadline instead of a future time. */
const AHEAD_MS = 5 * 60_000;
const KEY_LIVES_MS = 7 * 24 * 3_600_000;
/** What an event takes from its project and counterparties. */
const FROM_ELSEWHERE = [
  'counterpartyIds',
  'addedCounterpartyId',
  'namedIds',
  'audienceIds',
  'terms',
] as const;
/** Writes that lose to another write look again so often. */
const TRIES = 8;

const keyOfSource = (source: EventCreate['source']): string | undefined =>
  source && `source:${source.module}:${source.externalId}`;

/** What a change is held to: the `rev` that its author saw, and the key under which a repetition finds it done. */
export type Guard = { rev?: number | undefined; key?: string | undefined };

export type Created = { event: EventDoc; isNew: boolean };

/** What an event becomes, and what it names where that was looked up. */
type Next = { after: EventDoc; around?: Surroundings; reason?: string | undefined };

/** What a person does with events: everything is checked against their scope, guarded by `rev`, kept as a revision. */
@Injectable()
export class EventsService {
  constructor(
    private readonly events: EventsRepository,
    private readonly context: EventContext,
    private readonly settling: Settling,
    private readonly importer: EventImporter,
    private readonly numbers: CallNumbers,
    private readonly scopes: Scopes,
    private readonly standIns: StandIns,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * Writes an event, once: the same body under the same key, id or source key finds what is there.
   * @throws AppError `forbidden`, `validation`, `conflict` for another body under a used key
   */
  async create(
    actor: Actor,
    asked: EventCreate,
    { key, audienceIds }: { key?: string | undefined; audienceIds?: Id[] } = {},
  ): Promise<Created> {
    if (!audienceIds && !mayCreate(actor, asked.type))
      throw new AppError('forbidden', `may not create ${asked.type}`);
    if (asked.source && !maySpeakFor(actor, asked.source.module))
      throw new AppError('forbidden', `may not speak for ${asked.source.module}`);
    refuseNobodys(asked.visibility, actor.departmentId);
    const create = { ...asked, payload: asked.payload as Payload };
    // Whose call it was follows from its number, whoever says it.
    await this.numbers.place([create], actor);
    const now = this.clock.now();
    const occurredAt = this.#occurred(create.occurredAt, now);
    const bodyHash = hashOfBody(asked);
    const creationKey = key ?? create.id ?? keyOfSource(create.source);
    const surroundings = await this.context.forActor(actor, create);
    const deadline = deadlineFields(create.due, surroundings.project?.tz ?? this.config.tzDefault);
    const base = {
      _id: create.id ?? newId(now.getTime()),
      type: create.type,
      module: moduleOf(create.type),
      title: create.title,
      body: create.body,
      importance: create.importance,
      occurredAt,
      recordedAt: now,
      ...deadline,
      projectId: create.projectId,
      itemIds: create.itemIds,
      author: { userId: actor.id, name: '' },
      source: create.source ? { ...create.source, space: 'given' as const } : null,
      payload: create.payload,
      visibility: create.visibility,
      departmentId: actor.departmentId,
      status: bornStatus({
        type: create.type,
        dueAt: deadline.dueAt,
        recordedAt: now,
        isImported: false,
      }),
      resolved: null,
      deletedAt: null,
      deletedBy: null,
      counters: { comments: 0 },
      version: 1,
      rev: 1,
      revisions: [],
    };
    const doc: EventDoc = {
      ...base,
      ...timedFields(base, now),
      ...derivedFields({ ...create, ...(audienceIds && { audienceIds }) }, surroundings),
      ...(creationKey && { created: { actorId: actor.id, key: creationKey, bodyHash } }),
    };
    // The unique indexes say whether it was there: a look before each write would cost every write.
    const made = await this.#insert(doc, surroundings);
    if (made) return { event: made, isNew: true };
    if (key && (await this.#forgetOld(actor, key, now)))
      return this.create(actor, asked, { key, ...(audienceIds && { audienceIds }) });
    const taken = await this.#taken(actor, create, creationKey);
    if (taken?.created?.actorId === actor.id && taken.created.bodyHash === bodyHash)
      return { event: taken, isNew: false };
    if (taken && taken._id === create.id && !(await this.events.get(taken._id, this.scope(actor)))) {
      const aside = await this.#insert({ ...doc, _id: idAside(create.id, actor.id) }, surroundings);
      if (aside) return { event: aside, isNew: true };
    }
    throw new AppError('conflict', creationKey ? '#idempotency' : '#exists', [
      { field: key ? 'Idempotency-Key' : create.source ? 'source.externalId' : 'id', reason: 'taken' },
    ]);
  }

  /** For the desk itself: what a person has done by it, once under its id, for some people. */
  async tellFor(
    actor: Actor,
    told: { id: Id; type: EventType; title: string; payload: object; audienceIds: Id[] },
  ): Promise<void> {
    const { audienceIds, ...draft } = told;
    const [there] = await this.events.byIds([told.id]);
    if (there) return;
    const blank = {
      body: '',
      importance: 'normal',
      projectId: null,
      counterpartyIds: [],
      itemIds: [],
    } as const;
    const rest = { visibility: 'internal', due: null } as const;
    const create = { ...blank, ...rest, ...draft } as unknown as EventCreate;
    await this.create(actor, create, { audienceIds });
  }

  /** For the desk itself: how far that is by now, as the doing of who has brought it there. */
  async tellOn(
    actor: Actor,
    id: Id,
    { title, payload, isDone }: { title: string; payload: Payload; isDone: boolean },
  ): Promise<void> {
    const next = async (before: EventDoc, now: Date): Promise<Next> => {
      const told = { ...before, title, payload };
      if (!isDone || !isPending(before)) return { after: told };
      return {
        after: { ...told, status: 'resolved', resolved: { at: now, by: actor.id, from: before.status } },
      };
    };
    await this.#change(actor, id, { asked: payload }, next, { restorable: true, isAllowed: () => true });
  }

  /** The event inside the actor's scope. @throws AppError `not-found`, for what is out of it just as for what is not */
  async readable(actor: Actor, id: Id, { restorable = false } = {}): Promise<EventDoc> {
    const event = await this.events.get(id, this.scope(actor, { restorable }));
    if (!event) throw new AppError('not-found', `no event ${id}`);
    return event;
  }

  /** One page of what matches and the actor may see. @param zone where the filter's days begin */
  list(
    actor: Actor,
    filter: Filter,
    { zone, ...page }: { zone: string; after?: string | undefined; limit: number },
  ): Promise<EventPage> {
    return this.events.find(this.resolved(actor, filter, zone), page);
  }

  count(actor: Actor, filter: Filter, zone: string): Promise<Count> {
    return this.events.count(this.resolved(actor, filter, zone), COUNT_LIMIT);
  }

  /** @throws AppError `not-found`, `forbidden`, `validation`, `conflict` with the current event */
  edit(actor: Actor, id: Id, edit: EventEdit, guard: Guard & { rev: number }): Promise<EventDoc> {
    return this.#change(actor, id, { ...guard, asked: { edit } }, async (before, now) => {
      refuseNobodys(edit.visibility, before.departmentId);
      if (edit.payload) {
        const parsed = payloadSchema(before.type).safeParse(edit.payload);
        if (!parsed.success)
          throw contractError(
            parsed.error.issues.map((issue) => ({ ...issue, path: ['payload', ...issue.path] })),
          );
      }
      const { due, occurredAt, payload, reason, ...plain } = edit;
      const projectId = edit.projectId === undefined ? before.projectId : edit.projectId;
      // A page sends back the list that it showed, the counterparty that only the project brings included.
      const shown = edit.counterpartyIds?.filter((one) => one !== before.addedCounterpartyId);
      const counterpartyIds = shown
        ? await this.context.namedAgain(shown, before.namedIds)
        : ownCounterparties(before);
      const surroundings = await this.context.forActor(actor, { projectId, counterpartyIds }, before);
      const zone = surroundings.project?.tz ?? this.config.tzDefault;
      const after = {
        ...before,
        ...plain,
        ...(payload && { payload: payload as Payload }),
        ...(occurredAt !== undefined && { occurredAt: this.#occurred(occurredAt, now) }),
        ...(due !== undefined && deadlineFields(due, zone)),
        counterpartyIds,
      };
      // A fact that gets a deadline is waited for from now on. One that loses it stays open: a person closes it.
      if (before.status === 'recorded' && after.dueAt && after.dueAt.getTime() !== before.dueAt?.getTime())
        after.status = 'open';
      return { after: { ...after, ...derivedFields(after, surroundings) }, around: surroundings, reason };
    });
  }

  /**
   * What it carries becomes what `next` makes of it; asked again when another write came between.
   * @throws AppError `not-found`, `forbidden`, and what `next` throws
   */
  attach(actor: Actor, id: Id, next: (files: Attachment[]) => Attachment[]): Promise<EventDoc> {
    return this.#change(actor, id, { asked: 'attachments' }, async (before) => {
      const files = before.attachments ?? [];
      const attachments = next(files);
      if (attachments === files) return { after: before };
      const own = { ...before, attachments, counterpartyIds: ownCounterparties(before) };
      const around = await this.context.asItIs(own);
      return { after: { ...own, ...derivedFields(own, around) }, around };
    });
  }

  resolve(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.turn(actor, id, { ...guard, asked: 'resolve' }, async (before, now) =>
      before.status === 'resolved'
        ? before
        : { ...before, status: 'resolved', resolved: { at: now, by: actor.id, from: before.status } },
    );
  }

  /** Back to what it was before it was resolved. */
  reopen(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.turn(actor, id, { ...guard, asked: 'reopen' }, async (before) =>
      before.status === 'resolved'
        ? {
            ...before,
            status: before.resolved?.from === 'recorded' ? 'recorded' : 'open',
            resolved: null,
          }
        : before,
    );
  }

  /** A fact of which a person says that somebody has to do something about it. */
  open(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.turn(actor, id, { ...guard, asked: 'open' }, async (before) =>
      before.status === 'recorded' ? { ...before, status: 'open' } : before,
    );
  }

  /** The other way round: it asks nothing of anybody; a deadline that it has is waited for no more. */
  record(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.turn(actor, id, { ...guard, asked: 'record' }, async (before) =>
      isPending(before) ? { ...before, status: 'recorded' } : before,
    );
  }

  /** A change of status, or of who holds it, which more people may make than may change what the event says. */
  turn(
    actor: Actor,
    id: Id,
    ask: Guard & { asked: unknown },
    next: (before: EventDoc, now: Date) => Promise<EventDoc>,
  ): Promise<EventDoc> {
    const turned = async (before: EventDoc, now: Date) => {
      const after = await next(before, now);
      return { after, reason: after.claim !== before.claim ? (after.claim?.reason ?? undefined) : undefined };
    };
    return this.#change(actor, id, ask, turned, { isAllowed: mayResolve });
  }

  /** Deleted events are in nobody's scope; the source key stays taken. */
  remove(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.#change(
      actor,
      id,
      { ...guard, asked: 'remove' },
      async (before, now) => ({ after: { ...before, deletedAt: now, deletedBy: actor.id } }),
      { isAllowed: mayRemove },
    );
  }

  restore(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.#change(
      actor,
      id,
      { ...guard, asked: 'restore' },
      async (before) => ({ after: { ...before, deletedAt: null, deletedBy: null } }),
      { restorable: true, isAllowed: mayRemove },
    );
  }

  /**
   * Takes back what the actor changed last, while it is the last change and not older than ten minutes.
   * @throws AppError `conflict`: somebody has changed it since; `validation`: it is too late
   */
  async undo(actor: Actor, id: Id, { key, rev }: Guard = {}): Promise<EventDoc> {
    const event = await this.readable(actor, id, { restorable: true });
    const revisions = await this.events.revisions(id);
    const last = revisions[0];
    if (isTakenBack(revisions, actor, key)) return event;
    if (last?.by !== actor.id || (rev !== undefined && rev !== last.rev)) throw changedSince(event);
    if (this.clock.now().getTime() - last.at.getTime() > UNDO_MS) throw refused('rev', 'too-late');
    return this.takeBack(actor, id, revisions, key);
  }

  /** Makes of it what it was before the newest of its revisions. @throws AppError `conflict`: there is a newer one */
  takeBack(
    actor: Actor,
    id: Id,
    [last, ...earlier]: readonly RevisionDoc[],
    key?: string,
  ): Promise<EventDoc> {
    const revision = last as RevisionDoc;
    const { rev, changes } = revision;
    return this.#change(
      actor,
      id,
      { rev, key, asked: takingBack(rev) },
      async (before, now) => {
        const after = beforeRevision(before, revision, earlier, { by: actor.id, now });
        if (!isFollowed(changes)) return { after: { ...after, counterpartyIds: before.counterpartyIds } };
        const named = ownCounterparties(before);
        const had =
          'projectId' in changes && !('counterpartyIds' in changes)
            ? [...named, ...(before.addedCounterpartyId ? [before.addedCounterpartyId] : [])]
            : after.counterpartyIds;
        const around = await this.context.forActor(actor, { ...after, counterpartyIds: had }, before);
        // A revision tells which counterparties an event had, and not whether its order had brought the last of them.
        const ofOrder = around.project?.counterpartyId;
        const own = {
          ...after,
          counterpartyIds: had.filter(
            (one, at) => one !== ofOrder || at < had.length - 1 || named.includes(one),
          ),
        };
        return { after: { ...own, ...derivedFields(own, around) }, around };
      },
      { restorable: true, isAllowed: (who, event) => mayTakeBack(who, event, changes) },
    );
  }

  /** Newest first. @throws AppError `not-found` */
  async revisions(actor: Actor, id: Id): Promise<Revision[]> {
    await this.readable(actor, id);
    return (await this.events.revisions(id)).map(toRevision);
  }

  /** For the server itself, of events that whoever asks may read: the newest revisions, oldest first. */
  revisionsOf(ids: readonly Id[]): Promise<Map<Id, RevisionDoc[]>> {
    return this.events.revisionsOf(ids);
  }

  /** For the server itself: how many match, whoever may see them. */
  countAll(filter: Filter, zone: string): Promise<Count> {
    return this.events.count(resolveFilter(filter, { now: this.clock.now(), zone }).filter, COUNT_LIMIT);
  }

  /** For imports: what is there already, by its source key, is left as it is. */
  async createMany(
    actor: Actor,
    drafts: readonly ImportedEvent[],
    origin: { batchId: Id },
  ): Promise<{ created: number; existing: number }> {
    const { created, existing } = await this.importer.write(actor, drafts, origin);
    return { created, existing };
  }

  /** For the server itself, whoever may see them. */
  byIds(ids: readonly Id[]): Promise<EventDoc[]> {
    return this.events.byIds(ids);
  }

  /**
   * For the server itself: what it carries becomes what `next` makes of it, as nobody's revision. What was deleted
   * carries on too. @returns false: there is no such event
   */
  async carry(id: Id, next: (files: Attachment[]) => Attachment[]): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.events.get(id);
      if (!before) return false;
      const files = before.attachments ?? [];
      const attachments = next(files);
      if (attachments === files) return true;
      const own = { ...before, attachments, counterpartyIds: ownCounterparties(before) };
      const after = { ...own, ...derivedFields(own, await this.context.asItIs(own)) };
      const { set, shown } = changesBetween(before, after);
      const revision = { rev: before.rev + 1, at: this.clock.now(), by: null, changes: shown };
      if (await this.events.revise(id, before.version, set, revision)) return true;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** For the server itself: what may have had its moment since, some of it twice. */
  momentsSince(since: Date): AsyncIterable<EventDoc> {
    return this.events.momentsSince(since);
  }

  /** How many events an import has written, deleted ones too. */
  countOfBatch(batchId: Id): Promise<number> {
    return this.events.countOfBatch(batchId);
  }

  /**
   * Writes how many comments there are and by which words they are found, if nothing has come between reading the event
   * and looking at them. Whoever loses to another look need not look again more than twice: the winner looked after this
   * one's comment was there. The further tries are for edits and sweeps.
   */
  async heardOf(id: Id, listen: () => Promise<{ count: number; terms: string[] }>): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const event = await this.events.get(id);
      const { count: comments, terms } = await listen();
      if (!event) return;
      if (event.counters.comments === comments && sameTerms(event.commentTerms ?? [], terms)) return;
      const own = { ...event, counterpartyIds: ownCounterparties(event), commentTerms: terms };
      const words = derivedFields(own, await this.context.asItIs(own));
      const changes = { ...words, counters: { comments }, commentTerms: terms };
      if (await this.events.amend(id, event.version, changes)) return;
    }
  }

  /** What an actor may read, as bounds of every query. */
  scope(actor: Actor, options?: { restorable?: boolean }): ResolvedFilter {
    return this.scopes.of(actor, options);
  }

  /** What an actor asks by a filter: as they may search, of whom it names stands for now, within what they may read. */
  resolved(actor: Actor, filter: Filter, zone: string): ResolvedFilter {
    const asked = this.standIns.asked(findsByCards(actor) ? filter : openly(filter));
    return and(resolveFilter(asked, { now: this.clock.now(), zone }).filter, this.scope(actor));
  }

  #occurred(given: string | undefined, now: Date): Date {
    const at = given === undefined ? now : new Date(given);
    if (at.getTime() > now.getTime() + AHEAD_MS) throw refused('occurredAt', 'in-future');
    return at;
  }

  /**
   * Reads, lets `next` say what the event becomes, and writes if nothing has come between; else again. Writes of
   * others that are no edits (comments, sweeps, teams) cost a repetition, never a conflict.
   * What was asked for under a key stands in the revision that it made: a repetition finds it there, whatever has
   * become of the event since, and costs no read of its own. A week or fifty revisions later it is forgotten.
   */
  async #change(
    actor: Actor,
    id: Id,
    { rev, key, asked }: Guard & { asked: unknown },
    next: (before: EventDoc, now: Date) => Promise<Next>,
    {
      restorable = false,
      isAllowed = mayEdit,
    }: { restorable?: boolean; isAllowed?: (actor: Actor, event: EventDoc) => boolean } = {},
  ): Promise<EventDoc> {
    const request = key === undefined ? null : { key, hash: hashOfBody(asked) };
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const now = this.clock.now();
      const read = request
        ? await this.events.getAsked(id, this.scope(actor, { restorable: true }))
        : await this.readable(actor, id, { restorable });
      if (read && request && isDone(read, actor, request, now)) return read;
      // What time has ended and no sweep has written yet is not this person's doing.
      const before = read && { ...read, ...lapsed(read, now) };
      if (!before || (before.deletedAt && !restorable)) throw new AppError('not-found', `no event ${id}`);
      if (!isAllowed(actor, before)) throw new AppError('forbidden', 'may not do this to the event');
      if (rev !== undefined && rev !== before.rev)
        throw new AppError('conflict', 'stale rev', [], { current: toWire(before) });
      const { after: wanted, around, reason } = await next(before, now);
      const after: EventDoc = { ...wanted, ...timedFields(wanted, now) };
      const { shown } = changesBetween(before, after);
      if (Object.keys(shown).length === 0) return before;
      const { set } = changesBetween(read as EventDoc, after);
      const revision = {
        rev: before.rev + 1,
        at: now,
        by: actor.id,
        ...(reason && { reason }),
        changes: shown,
        ...(request && { asked: request }),
      };
      // A write that takes over nothing from elsewhere leaves to the rewriting what the rewriting owes.
      const isDerived = around && FROM_ELSEWHERE.some((field) => field in set);
      const unsettled = isDerived ? this.settling.begin(id, before.version + 1, around) : null;
      const written = await this.events.revise(id, before.version, set, revision);
      if (written) return unsettled ? unsettled.written(written) : written;
      unsettled?.failed();
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** Null: its id, its source key or its idempotency key is taken. */
  async #insert(doc: EventDoc, around: Surroundings): Promise<EventDoc | null> {
    const unsettled = this.settling.begin(doc._id, doc.version, around);
    if (await this.events.insert(doc)) return unsettled.written(doc);
    unsettled.failed();
    return null;
  }

  /** Keys live for a week; ids and source keys name their event for ever. @returns whether the key is free again */
  async #forgetOld(actor: Actor, key: string, now: Date): Promise<boolean> {
    const found = await this.events.byCreation(actor.id, key);
    if (!found || now.getTime() - found.recordedAt.getTime() <= KEY_LIVES_MS) return false;
    await this.events.forgetKey(found._id);
    return true;
  }

  async #taken(actor: Actor, create: EventCreate, key: string | undefined): Promise<EventDoc | null> {
    const byKey = key ? await this.events.byCreation(actor.id, key) : null;
    if (byKey) return byKey;
    if (create.source) {
      const bySource = await this.events.bySource(create.source.module, create.source.externalId);
      if (bySource) return bySource;
    }
    return create.id ? this.events.get(create.id) : null;
  }
}

export const changedSince = (current?: EventDoc): AppError =>
  new AppError(
    'conflict',
    'somebody has changed it since',
    [{ field: 'rev', reason: 'changed-since' }],
    current && { current: toWire(current) },
  );

/** «Department only» of no department would hide the event from whoever writes it. */
function refuseNobodys(visibility: Visibility | undefined, departmentId: string | null): void {
  if (visibility === 'department' && departmentId === null) throw refused('visibility', 'no-department');
}

/** Whether the actor has asked for just this before. @throws AppError `conflict`: for something else, under this key */
function isDone({ revisions }: EventDoc, actor: Actor, { key, hash }: AskedFor, now: Date): boolean {
  const before = revisions.find(
    ({ by, asked, at }) =>
      by === actor.id && asked?.key === key && now.getTime() - at.getTime() <= KEY_LIVES_MS,
  )?.asked;
  if (before && before.hash !== hash)
    throw new AppError('conflict', '#idempotency', [{ field: 'Idempotency-Key', reason: 'taken' }]);
  return before !== undefined;
}
