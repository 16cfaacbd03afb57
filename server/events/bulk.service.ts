import { Injectable } from '@nestjs/common';
import { BULK_MOST, type Bulk, type BulkAct, type BulkDone } from '@svodka/shared/contracts/bulk';
import { AppError } from '@svodka/shared/contracts/errors';
import type { EventEdit } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { EVENT_TYPES, type EventType } from '@svodka/shared/contracts/modules';
import { LEASE_MS } from '@svodka/shared/rules/hold';
import { type Actor, mayEdit, mayResolve } from '@svodka/shared/rules/permissions';
import { isPending } from '@svodka/shared/rules/status';
import { filterFrom } from '../platform/http/filter-query.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { ClaimsService } from './claims.service.ts';
import type { EventDoc, RevisionDoc } from './event.schema.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsService } from './events.service.ts';

/** Nothing would change. */
const ALREADY = 'already';

/**
 * The same done to many events, a slice at a time, each as if its person had done it by hand: with its rights, its
 * revision, its feeds. What cannot be done is said with its reason and keeps nothing else. The request's key stands
 * in each revision, so that a slice sent twice is done once, and all of it is found for undo.
 */
@Injectable()
export class BulkService {
  constructor(
    private readonly events: EventsService,
    private readonly claims: ClaimsService,
    private readonly repository: EventsRepository,
    private readonly limits: PersonLimits,
  ) {}

  async run(actor: Actor, zone: string, bulk: Bulk, key?: string): Promise<BulkDone> {
    const { act, ids, filter, after, dry } = bulk;
    const asked = ids ? ({ field: 'id', in: ids } as const) : filterFrom(filter);
    const { docs, next } = await this.events.list(actor, asked, { zone, limit: BULK_MOST, after });
    const found = new Set(docs.map(({ _id }) => _id));
    const done: BulkDone = { ids: [], refused: [], next: ids ? null : next };
    for (const id of ids ?? []) if (!found.has(id)) done.refused.push({ id, title: '', reason: 'not-found' });
    for (const doc of docs) {
      const reason = dry
        ? this.#verdict(actor, doc, act)
        : await this.#tried(() => this.#do(actor, doc, act, key));
      if (reason === null) done.ids.push(doc._id);
      else done.refused.push({ id: doc._id, title: doc.title, reason });
    }
    return done;
  }

  /** Why it would be refused, as far as the event itself says; null: it would be done. */
  #verdict(actor: Actor, doc: EventDoc, act: BulkAct): string | null {
    if (act.kind === 'undo') return null;
    if (act.kind === 'edit') {
      if (!mayEdit(actor, doc)) return 'forbidden';
      const { importance, projectId, due } = act.edit;
      const isSame =
        due === undefined &&
        (importance === undefined || importance === doc.importance) &&
        (projectId === undefined || projectId === doc.projectId);
      return isSame || (due === null && doc.dueAt === null) ? ALREADY : null;
    }
    if (!mayResolve(actor, doc)) return 'forbidden';
    if (doc.status === 'resolved' && act.kind === 'resolve') return ALREADY;
    if (!isPending(doc)) return 'not-open';
    if (act.kind === 'resolve') return null;
    const holder = doc.claim?.by ?? null;
    if (holder === (act.to ?? actor.id)) return ALREADY;
    return holder === null || holder === actor.id ? null : 'held';
  }

  async #tried(work: () => Promise<unknown>): Promise<string | null> {
    try {
      await work();
      return null;
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal') throw error;
      return error.details[0]?.reason ?? error.code;
    }
  }

  async #do(actor: Actor, doc: EventDoc, act: BulkAct, key: string | undefined): Promise<unknown> {
    const { _id: id, rev } = doc;
    // A fact has nothing to be resolved; by hand nobody is offered it.
    const verdict = this.#verdict(actor, doc, act);
    if (verdict === 'not-open')
      throw new AppError('validation', verdict, [{ field: 'status', reason: verdict }]);
    switch (act.kind) {
      case 'resolve':
        return this.events.resolve(actor, id, { key });
      case 'claim':
        return this.claims.claim(actor, id, { to: act.to }, { key });
      case 'undo':
        return this.#undo(actor, doc, act.key);
      default: {
        const { importance } = act.edit;
        if (verdict === null && (importance === 'high' || importance === 'critical'))
          this.limits.loud(actor.id);
        return this.events.edit(actor, id, act.edit as EventEdit, { rev, key });
      }
    }
  }

  async #undo(actor: Actor, doc: EventDoc, key: string): Promise<void> {
    const [last] = await this.repository.revisions(doc._id);
    if (last?.by !== actor.id || last.asked?.key !== key) throw changedSince();
    const { status, claim } = last.changes;
    const isTurned = status?.to === 'resolved' || Boolean(claim);
    const { rev } = isTurned ? await this.#turnBack(actor, doc._id, last) : last;
    const edit = before(last.changes, doc);
    if (Object.keys(edit).length > 0) {
      const edited = await this.events.edit(actor, doc._id, edit, { rev });
      // It had become something to do by the deadline that is gone again.
      if (status?.from === 'recorded') await this.events.record(actor, doc._id, { rev: edited.rev });
    }
  }

  /** Back to who had it, and to what it was put off for, as if nobody had touched it; what time has ended stays so. */
  #turnBack(actor: Actor, id: Id, { rev, changes }: RevisionDoc): Promise<EventDoc> {
    const { status, claim, snooze } = changes;
    const holder = (claim?.from ?? null) as Id | null;
    return this.events.turn(actor, id, { rev, asked: 'turn back' }, async (event, now) => ({
      ...event,
      ...(status && { status: status.from as EventDoc['status'], resolved: null }),
      ...(claim && { claim: holder === null ? null : heldAnew(holder, now) }),
      ...(typeof snooze?.from === 'string' && {
        snooze: { ...awaited(snooze.from), by: actor.id, at: now },
      }),
    }));
  }
}

const heldAnew = (by: Id, now: Date): EventDoc['claim'] => ({
  by,
  at: now,
  until: new Date(now.getTime() + LEASE_MS),
  from: null,
  reason: null,
});

/** What an event was put off until, as its history has it: a moment, or else a type. */
function awaited(text: string): { until: Date | null; type: EventType | null } {
  const type = EVENT_TYPES.find((one) => one === text) ?? null;
  return { type, until: type ? null : new Date(text) };
}

/** The edit that makes of it what it was. */
function before(changes: RevisionDoc['changes'], doc: EventDoc): EventEdit {
  const was = <T>(field: string, now: T): T => (changes[field] ? (changes[field].from as T) : now);
  const edit: Record<string, unknown> = {};
  for (const field of ['importance', 'projectId']) if (changes[field]) edit[field] = changes[field].from;
  if (['dueAt', 'dueLocal', 'dueZone', 'dueAllDay', 'dueLeadMin'].some((field) => changes[field])) {
    const at = was('dueAt', doc.dueAt);
    const leadMin = was('dueLeadMin', doc.dueLeadMin);
    const local = was('dueLocal', doc.dueLocal);
    const zone = was('dueZone', doc.dueZone);
    edit.due = at === null ? null : local && zone ? { local, zone, leadMin } : { at, leadMin };
  }
  return edit as EventEdit;
}

const changedSince = (): AppError =>
  new AppError('conflict', 'somebody has changed it since', [{ field: 'rev', reason: 'changed-since' }]);
