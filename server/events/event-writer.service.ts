import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { lapsed } from '@svodka/shared/rules/hold';
import { type Actor, mayEdit } from '@svodka/shared/rules/permissions';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { changesBetween } from './changes.ts';
import { toWire } from './event.mapper.ts';
import type { AskedFor, EventDoc } from './event.schema.ts';
import { hashOfBody, timedFields } from './event-fields.ts';
import type { Surroundings } from './event-terms.ts';
import { EventsRepository } from './events.repository.ts';
import { Settling } from './settling.service.ts';

export const KEY_LIVES_MS = 7 * 24 * 3_600_000;
/** Writes that lose to another write look again so often. */
export const TRIES = 8;
/** What an event takes from its project and counterparties. */
const FROM_ELSEWHERE = [
  'counterpartyIds',
  'addedCounterpartyId',
  'namedIds',
  'audienceIds',
  'terms',
] as const;

/** What a change is held to: the `rev` that its author saw, and the key under which a repetition finds it done. */
export type Guard = { rev?: number | undefined; key?: string | undefined };

/** What an event becomes, and what it names where that was looked up. */
export type Next = { after: EventDoc; around?: Surroundings; reason?: string | undefined };

/** How an event is written: once, over nothing that has come between, with its revision. */
@Injectable()
export class EventWriter {
  constructor(
    private readonly events: EventsRepository,
    private readonly settling: Settling,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads, lets `next` say what the event becomes, and writes if nothing has come between; else again. Writes of
   * others that are no edits (comments, sweeps, teams) cost a repetition, never a conflict.
   * What was asked for under a key stands in the revision that it made: a repetition finds it there, whatever has
   * become of the event since, and costs no read of its own. A week or fifty revisions later it is forgotten.
   * @throws AppError `not-found`, `forbidden`, `conflict` with the current event, and what `next` throws
   */
  async change(
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
        ? await this.events.getAsked(id, this.scopes.of(actor, { restorable: true }))
        : await this.events.get(id, this.scopes.of(actor, { restorable }));
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
  async insert(doc: EventDoc, around: Surroundings): Promise<EventDoc | null> {
    const unsettled = this.settling.begin(doc._id, doc.version, around);
    if (await this.events.insert(doc)) return unsettled.written(doc);
    unsettled.failed();
    return null;
  }
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
