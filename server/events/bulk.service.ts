import { Injectable } from '@nestjs/common';
import { BULK_MOST, type Bulk, type BulkAct, type BulkDone } from '@svodka/shared/contracts/bulk';
import { AppError } from '@svodka/shared/contracts/errors';
import type { EventEdit } from '@svodka/shared/contracts/event';
import { titleIn } from '@svodka/shared/messages/machine-title';
import { type Actor, mayEdit, mayResolve } from '@svodka/shared/rules/permissions';
import { isPending, mayBeHeld } from '@svodka/shared/rules/status';
import type { UserDoc } from '../accounts/user.schema.ts';
import { filterFrom } from '../platform/http/filter-query.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { ClaimsService } from './claims.service.ts';
import type { EventDoc } from './event.schema.ts';
import { EventsRepository } from './events.repository.ts';
import { changedSince, EventsService } from './events.service.ts';
import { isTakenBack } from './taking-back.ts';

type Reader = Pick<UserDoc, 'tz' | 'locale'>;

type Done = Omit<BulkDone, 'refs'>;

/** Of what nobody may see nothing is said. */
const UNSEEN = { projectId: null, counterpartyIds: [], holderId: null };
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

  async run(actor: Actor, { tz: zone, locale }: Reader, bulk: Bulk, key?: string): Promise<Done> {
    const { act, ids, filter, after, dry } = bulk;
    const asked = ids ? ({ field: 'id', in: ids } as const) : filterFrom(filter);
    const { docs, next } = await this.events.list(actor, asked, { zone, limit: BULK_MOST, after });
    const found = new Set(docs.map(({ _id }) => _id));
    const done: Done = { ids: [], refused: [], holders: [], next: ids ? null : next };
    for (const id of ids ?? [])
      if (!found.has(id)) done.refused.push({ id, title: '', reason: 'not-found', ...UNSEEN });
    for (const doc of docs) {
      const reason = dry
        ? this.#foretold(actor, doc, act)
        : await this.#tried(() => this.#do(actor, doc, act, key));
      const { _id: id, projectId, counterpartyIds } = doc;
      const holderId = doc.claim?.by ?? null;
      if (reason !== null) {
        const title = titleIn(locale, doc);
        done.refused.push({ id, title, reason, projectId, counterpartyIds, holderId });
        continue;
      }
      done.ids.push(id);
      if (act.kind === 'resolve' && holderId && holderId !== actor.id) done.holders.push(holderId);
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
    if (act.kind === 'resolve') return isPending(doc) ? null : 'not-open';
    if (!mayBeHeld(doc)) return 'not-open';
    const holder = doc.claim?.by ?? null;
    if (act.kind === 'snooze') {
      if (doc.snooze?.until?.getTime() === Date.parse(act.until)) return ALREADY;
    } else if (holder === (act.to ?? actor.id)) return ALREADY;
    return holder === null || holder === actor.id ? null : 'held';
  }

  /** The verdict, and what the time says of it. */
  #foretold(actor: Actor, doc: EventDoc, act: BulkAct): string | null {
    const verdict = this.#verdict(actor, doc, act);
    return verdict === null && act.kind === 'snooze' ? this.claims.wrongMoment(act.until) : verdict;
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
      case 'snooze':
        return this.claims.snooze(actor, id, { until: act.until }, { key });
      case 'undo':
        return this.#undo(actor, doc, act.key, key);
      default: {
        const { importance } = act.edit;
        if (verdict === null && (importance === 'high' || importance === 'critical'))
          this.limits.loud(actor.id);
        return this.events.edit(actor, id, act.edit as EventEdit, { rev, key });
      }
    }
  }

  /** @param of the key of what is taken back @param key that of this request */
  async #undo(actor: Actor, doc: EventDoc, of: string, key: string | undefined): Promise<EventDoc> {
    const revisions = await this.repository.revisions(doc._id);
    if (isTakenBack(revisions, actor, key)) return doc;
    if (revisions[0]?.by !== actor.id || revisions[0].asked?.key !== of) throw changedSince();
    return this.events.takeBack(actor, doc._id, revisions, key);
  }
}
