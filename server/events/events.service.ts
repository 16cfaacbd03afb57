import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { EventEdit, Revision } from '@svodka/shared/contracts/event';
import type { Attachment } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { type Payload, payloadSchema, withPhonesRead } from '@svodka/shared/contracts/payload';
import { COUNT_LIMIT, type Count } from '@svodka/shared/feed/feed';
import { and, type Filter, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { openly } from '@svodka/shared/filter/edit';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import {
  type Actor,
  asWriterOf,
  findsByCards,
  mayRemove,
  mayResolve,
} from '@svodka/shared/rules/permissions';
import { isPending } from '@svodka/shared/rules/status';
import { UNDO_MS } from '@svodka/shared/rules/undo';
import { StandIns } from '../counterparties/stand-ins.ts';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { contractError, refused } from '../platform/errors/contract-error.ts';
import { toRevision, toWire } from './event.mapper.ts';
import type { EventDoc, RevisionDoc } from './event.schema.ts';
import { EventContext } from './event-context.service.ts';
import {
  deadlineFields,
  derivedFields,
  occurredOf,
  ownCounterparties,
  refuseNobodys,
} from './event-fields.ts';
import type { EventPage } from './event-list.repository.ts';
import { EventWriter, type Guard } from './event-writer.service.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsInTime } from './events-in-time.repository.ts';
import { beforeRevision, isFollowed, isTakenBack, mayTakeBack, takingBack } from './taking-back.ts';

/** What a person does with events: everything is checked against their scope, guarded by `rev`, kept as a revision. */
@Injectable()
export class EventsService {
  constructor(
    private readonly events: EventsRepository,
    private readonly inTime: EventsInTime,
    private readonly context: EventContext,
    private readonly writer: EventWriter,
    private readonly scopes: Scopes,
    private readonly standIns: StandIns,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

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
    {
      zone,
      order,
      ...page
    }: { zone: string; order?: 'due' | undefined; after?: string | undefined; limit: number },
  ): Promise<EventPage> {
    const asked = this.resolved(actor, filter, zone);
    return order === 'due' ? this.events.findDue(asked, page) : this.events.find(asked, page);
  }

  count(actor: Actor, filter: Filter, zone: string): Promise<Count> {
    return this.events.count(this.resolved(actor, filter, zone), COUNT_LIMIT);
  }

  /** @throws AppError `not-found`, `forbidden`, `validation`, `conflict` with the current event */
  edit(actor: Actor, id: Id, edit: EventEdit, guard: Guard & { rev: number }): Promise<EventDoc> {
    return this.writer.change(actor, id, { ...guard, asked: { edit } }, async (before, now) => {
      refuseNobodys(edit.visibility, before.departmentId);
      if (edit.payload) {
        const parsed = payloadSchema(before.type).safeParse(edit.payload);
        if (!parsed.success)
          throw contractError(
            parsed.error.issues.map((issue) => ({ ...issue, path: ['payload', ...issue.path] })),
          );
      }
      const { due, occurredAt, payload: sent, reason, ...plain } = edit;
      const payload = sent && withPhonesRead(before.type, sent);
      const projectId = edit.projectId === undefined ? before.projectId : edit.projectId;
      // A page sends back the list that it showed, the counterparty that only the project brings included.
      const shown = edit.counterpartyIds?.filter((one) => one !== before.addedCounterpartyId);
      const counterpartyIds = shown
        ? await this.context.namedAgain(shown, before.namedIds)
        : ownCounterparties(before);
      const names = { projectId, counterpartyIds, ...(payload && { payload: payload as Payload }) };
      const surroundings = await this.context.forActor(asWriterOf(actor, before.type), names, before);
      const zone = surroundings.project?.tz ?? this.config.tzDefault;
      const after = {
        ...before,
        ...plain,
        ...(payload && { payload: payload as Payload }),
        ...(occurredAt !== undefined && { occurredAt: occurredOf(occurredAt, now) }),
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
    return this.writer.change(actor, id, { asked: 'attachments' }, async (before) => {
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
    return this.writer.change(actor, id, ask, turned, { isAllowed: mayResolve });
  }

  /** Deleted events are in nobody's scope; the source key stays taken. */
  remove(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.writer.change(
      actor,
      id,
      { ...guard, asked: 'remove' },
      async (before, now) => ({ after: { ...before, deletedAt: now, deletedBy: actor.id } }),
      { isAllowed: mayRemove },
    );
  }

  restore(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.writer.change(
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
    return this.writer.change(
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
        const around = await this.context.forActor(
          asWriterOf(actor, before.type),
          { ...after, counterpartyIds: had },
          before,
        );
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

  /** For the server itself, whoever may see them. */
  byIds(ids: readonly Id[]): Promise<EventDoc[]> {
    return this.events.byIds(ids);
  }

  /** For the server itself: what may have had its moment since, some of it twice. */
  momentsSince(since: Date): AsyncIterable<EventDoc> {
    return this.inTime.momentsSince(since);
  }

  /** How many events an import has written, deleted ones too. */
  countOfBatch(batchId: Id): Promise<number> {
    return this.events.countOfBatch(batchId);
  }

  /** Whether imports have brought events whose keys begin so, deleted ones too. */
  hasImported(begin: string): Promise<boolean> {
    return this.events.hasImported(begin);
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
}

export const changedSince = (current?: EventDoc): AppError =>
  new AppError(
    'conflict',
    'somebody has changed it since',
    [{ field: 'rev', reason: 'changed-since' }],
    current && { current: toWire(current) },
  );
