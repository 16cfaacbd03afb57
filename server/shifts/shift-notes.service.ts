import { Injectable } from '@nestjs/common';
import type { Installation } from '@svodka/shared/contracts/crews';
import type { Id } from '@svodka/shared/contracts/id';
import type { Shift, ShiftBlock, ShiftRow } from '@svodka/shared/contracts/shift';
import { and, type Filter, or } from '@svodka/shared/filter/ast';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import type { Actor } from '@svodka/shared/rules/permissions';
import { isPending, OPEN, PENDING_STATUSES } from '@svodka/shared/rules/status';
import { InstallationsService } from '../crews/installations.service.ts';
import type { CommentDoc } from '../discussion/comment.schema.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { RefsService } from '../refs/refs.service.ts';
import { rowOf } from './shift.schema.ts';

const DAY_MS = 86_400_000;
/** So many of each block: more is read in its feed and not in a note. */
const BLOCK_MOST: Record<ShiftBlock, number> = {
  held: 100,
  critical: 50,
  promises: 50,
  waiting: 60,
  silent: 20,
  installs: 60,
};
/** So many comments of a day are looked through for questions. */
const COMMENTS_MOST = 2_000;
const PAGE = 200;

const PENDING: Filter = { field: 'status', in: [...PENDING_STATUSES] };
const typed = (...types: string[]): Filter => ({ field: 'type', in: types });

export type Note = Pick<Shift, 'rows' | 'cut' | 'days'>;
/** What rows name, as it is now and as somebody may see it. */
export type Around = { events: EventDoc[]; installs: Installation[]; projectIds: Id[] };

/** What there is to hand over: written from what stands on the desk at the moment of asking. */
@Injectable()
export class ShiftNotes {
  constructor(
    private readonly events: EventsService,
    private readonly comments: CommentsService,
    private readonly installations: InstallationsService,
    private readonly refs: RefsService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async of(actor: Actor): Promise<Note> {
    const now = this.clock.now();
    const zone = this.config.tzDefault;
    const today = dayIn(zone, now);
    const days = { from: today, to: daysAfter(today, 1) };
    const soon: Filter = {
      field: 'dueAt',
      from: new Date(0).toISOString(),
      to: new Date(now.getTime() + DAY_MS).toISOString(),
    };
    const asked: [ShiftBlock, Filter][] = [
      ['held', { field: 'holder', in: [actor.id] }],
      ['critical', and(OPEN, { field: 'importance', in: ['critical'] })],
      ['promises', and(PENDING, typed('call.promise'), soon)],
      [
        'waiting',
        or(and(OPEN, typed('customer.request', 'complaint.opened', 'call.missed')), {
          field: 'status',
          in: ['snoozed'],
        }),
      ],
      ['silent', and(OPEN, typed('module.silent'))],
    ];
    const rows: ShiftRow[] = [];
    const cut = new Set<ShiftBlock>();
    const known = new Set<Id>();
    const add = (block: ShiftBlock, eventId: Id, whomId: Id | null = null) => {
      if (known.has(eventId)) return;
      known.add(eventId);
      rows.push(rowOf(block, { eventId, whomId }));
    };
    for (const [block, filter] of asked) {
      const { docs, next } = await this.events.list(actor, filter, { zone, limit: BLOCK_MOST[block] });
      // Put off until something comes: the company waits. Until a moment: nobody does.
      for (const { _id, status, snooze } of docs)
        if (block !== 'waiting' || status === 'open' || snooze?.type) add(block, _id);
      if (next !== null) cut.add(block);
    }
    const questions = await this.#questions(actor, new Date(now.getTime() - DAY_MS));
    for (const { eventId, whomId } of questions.slice(0, BLOCK_MOST.waiting)) add('waiting', eventId, whomId);
    const { items } = await this.installations.within(actor, days);
    const ahead = items.filter(({ state }) => state !== 'done');
    for (const { projectId, stage } of ahead.slice(0, BLOCK_MOST.installs))
      rows.push(rowOf('installs', { install: { projectId, stage } }));
    if (ahead.length > BLOCK_MOST.installs) cut.add('installs');
    const order = [...asked.map(([block]) => block), 'installs'];
    return {
      rows: rows.sort((a, b) => order.indexOf(a.block) - order.indexOf(b.block)),
      cut: [...cut],
      days,
    };
  }

  /** What a person may see of what rows name. */
  async around(actor: Actor, { rows, days }: Note): Promise<Around> {
    const events = await this.#eventsOf(
      actor,
      rows.flatMap(({ eventId }) => eventId ?? []),
    );
    const named = [...new Set(rows.flatMap(({ install }) => install?.projectId ?? []))];
    const { projects } = await this.refs.refsOf(actor, { projectIds: named });
    const projectIds = projects.map(({ id }) => id);
    // A day later than it was planned it is still the same installation.
    const { items } =
      projectIds.length === 0
        ? { items: [] }
        : await this.installations.within(actor, {
            from: days.from,
            to: daysAfter(days.to, 30),
            projects: projectIds,
          });
    return { events, installs: items, projectIds };
  }

  refsOf(actor: Actor, { events, projectIds }: Around, userIds: readonly Id[]) {
    return this.refs.refsOf(actor, { events, projectIds, userIds });
  }

  /** Who was named in a comment of the last day and has said nothing there since. */
  async #questions(actor: Actor, since: Date): Promise<{ eventId: Id; whomId: Id }[]> {
    const said: CommentDoc[] = [];
    for await (const comment of this.comments.writtenSince(since)) {
      if (comment.deletedAt === null && said.push(comment) >= COMMENTS_MOST) break;
    }
    const last = new Map<string, Date>();
    const whose = (eventId: Id, personId: Id) => `${eventId} ${personId}`;
    for (const { eventId, authorId, createdAt } of said) {
      const key = whose(eventId, authorId);
      if (createdAt > (last.get(key) ?? 0)) last.set(key, createdAt);
    }
    const asked = said.flatMap(({ eventId, authorId, mentionIds, createdAt }) =>
      mentionIds
        .filter((whomId) => whomId !== authorId && !((last.get(whose(eventId, whomId)) ?? 0) > createdAt))
        .map((whomId) => ({ eventId, whomId })),
    );
    const ids = [...new Set(asked.map(({ eventId }) => eventId))].slice(0, PAGE);
    const docs = await this.#eventsOf(actor, ids);
    const open = new Set(
      docs.filter((doc) => isPending(doc) || doc.status === 'recorded').map(({ _id }) => _id),
    );
    return asked.filter(({ eventId }) => open.has(eventId));
  }

  async #eventsOf(actor: Actor, ids: readonly Id[]): Promise<EventDoc[]> {
    const found: EventDoc[] = [];
    for (let at = 0; at < ids.length; at += PAGE) {
      const filter: Filter = { field: 'id', in: ids.slice(at, at + PAGE) };
      const { docs } = await this.events.list(actor, filter, { zone: this.config.tzDefault, limit: PAGE });
      found.push(...docs);
    }
    return found;
  }
}

/** The rows as somebody reads them who sees so much; what they may not see has no name. */
export function readable<T extends ShiftRow>(rows: readonly T[], { events, projectIds }: Around): T[] {
  const seen = new Set<Id>([...events.map(({ _id }) => _id), ...projectIds]);
  return rows.map((row, at) =>
    // An order may have its installation on quite another day by now, or none.
    seen.has(row.eventId ?? row.install?.projectId ?? '')
      ? row
      : { ...row, key: `hidden ${at}`, eventId: null, install: null, whomId: null },
  );
}
