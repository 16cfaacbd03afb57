import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { ClaimAsk, Importance, SnoozeAsk } from '@svodka/shared/contracts/event';
import { IMPORTANCES } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { compareUrgency } from '@svodka/shared/feed/order';
import { and, type Filter } from '@svodka/shared/filter/ast';
import { LEASE_MS, RENEW_BELOW_MS } from '@svodka/shared/rules/hold';
import { type Actor, mayResolve } from '@svodka/shared/rules/permissions';
import { mayBeHeld, OPEN } from '@svodka/shared/rules/status';
import { actorOf } from '../accounts/actor.ts';
import { UsersService } from '../accounts/users.service.ts';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { toWire } from './event.mapper.ts';
import type { EventDoc } from './event.schema.ts';
import { timedFields } from './event-fields.ts';
import type { Guard } from './event-writer.service.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsService } from './events.service.ts';
import { EventsInTime } from './events-in-time.repository.ts';
import { maySee } from './may-see.ts';

/** Of each importance so many are looked at for the most urgent; what is older than those is no news to anybody. */
const LOOKED_AT = 200;
const WORKED_MS = 60_000;
const REMEMBERED = 10_000;
const SNOOZE_MOST_MS = 366 * 86_400_000;

/**
 * Who works on what. The event's version lets one of two at once through; the other is told who it was. A claim lasts
 * as long as its holder works, and lapses by the sweep of deadlines (`shared/rules/hold.ts`).
 */
@Injectable()
export class ClaimsService {
  /** When each person's claims were last looked at: pages say every few seconds that somebody works. */
  readonly #workedAt = new Map<Id, number>();

  constructor(
    private readonly events: EventsService,
    private readonly repository: EventsRepository,
    private readonly inTime: EventsInTime,
    private readonly users: UsersService,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes an event, or hands it to somebody. Another's is taken with a reason only, and without one by who handed it
   * over. What was put off is taken up again. `isNew`: nobody may hold it yet, the actor neither.
   * @throws AppError `conflict` with the event: somebody else holds it; `validation`: nothing is to be done, or the
   *   other person may do nothing about it
   */
  async claim(
    actor: Actor,
    id: Id,
    { to, reason }: ClaimAsk,
    { isNew = false, ...guard }: Guard & { isNew?: boolean } = {},
  ): Promise<EventDoc> {
    const other = to === undefined || to === actor.id ? null : await this.#person(to);
    const by = other?._id ?? actor.id;
    const asked = { claim: by, reason: reason ?? null };
    const held = await this.events.turn(actor, id, { ...guard, asked }, async (before, now) => {
      if (!mayBeHeld(before)) throw refused('status', 'not-open');
      if (other && !(maySee(other, before, this.scopes) && mayResolve(actorOf(other), before)))
        throw refused('to', 'blind');
      const claim = before.claim ?? null;
      if (claim && isNew) throw heldBySomebody(before);
      if (claim?.by === by) return before;
      const isMine = claim === null || claim.by === actor.id;
      const isReturned = claim?.from === actor.id && claim.reason === null;
      if (!isMine && !isReturned && !reason) throw heldBySomebody(before);
      const until = new Date(now.getTime() + LEASE_MS);
      // What is taken back is as if it had never been handed over.
      const from = other ? actor.id : isMine || !reason ? null : (claim?.by ?? null);
      return {
        ...before,
        status: 'open',
        claim: { by, at: now, until, from, reason: (!isMine && reason) || null },
      };
    });
    // Asked again by its holder: a sign of work.
    if (held.claim?.by === actor.id) await this.#renew([held]);
    return held;
  }

  /**
   * What somebody hands over with their shift is the actor's, if they still hold it or nobody does. What they have taken
   * again since it was accepted is theirs.
   */
  takeOver(actor: Actor, id: Id, { from, acceptedAt }: { from: Id; acceptedAt: Date }): Promise<EventDoc> {
    return this.events.turn(actor, id, { asked: { takeOver: from } }, async (before, now) => {
      const isTheirs = !before.claim || (before.claim.by === from && before.claim.at <= acceptedAt);
      if (before.status !== 'open' || !isTheirs) return before;
      const until = new Date(now.getTime() + LEASE_MS);
      return { ...before, claim: { by: actor.id, at: now, until, from: null, reason: null } };
    });
  }

  release(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.events.turn(actor, id, { ...guard, asked: 'release' }, async (before) => {
      if (before.claim && before.claim.by !== actor.id) throw heldBySomebody(before);
      return before.claim ? { ...before, claim: null } : before;
    });
  }

  /** Puts an event off; what somebody else works on is theirs to put off. */
  snooze(actor: Actor, id: Id, { until, type }: SnoozeAsk, guard: Guard = {}): Promise<EventDoc> {
    const asked = { snooze: until ?? null, type: type ?? null };
    return this.events.turn(actor, id, { ...guard, asked }, async (before, now) => {
      if (!mayBeHeld(before)) throw refused('status', 'not-open');
      if (before.claim && before.claim.by !== actor.id) throw heldBySomebody(before);
      if (type !== undefined && !before.projectId) throw refused('type', 'no-order');
      const back = until === undefined ? null : new Date(until);
      const wrong = until === undefined ? null : this.wrongMoment(until);
      if (wrong) throw refused('until', wrong);
      const snooze = { by: actor.id, at: now, until: back, type: type ?? null };
      return { ...before, status: 'snoozed', snooze, claim: null };
    });
  }

  /** Why nothing is put off until then; null: it may be. */
  wrongMoment(until: string): 'in-past' | 'too-far' | null {
    const ahead = Date.parse(until) - this.clock.now().getTime();
    if (ahead <= 0) return 'in-past';
    return ahead > SNOOZE_MOST_MS ? 'too-far' : null;
  }

  /** Takes up again what was put off. */
  wake(actor: Actor, id: Id, guard: Guard = {}): Promise<EventDoc> {
    return this.events.turn(actor, id, { ...guard, asked: 'wake' }, async (before) =>
      before.status === 'snoozed' ? { ...before, status: 'open' } : before,
    );
  }

  /** Takes the most urgent of what is open in a feed and held by nobody; null: there is none. */
  async next(actor: Actor, filter: Filter, zone: string): Promise<EventDoc | null> {
    const free = and(filter, OPEN, { field: 'holder', exists: false });
    for (const importance of [...IMPORTANCES].reverse()) {
      for (const event of await this.#mostUrgent(actor, and(free, ofImportance(importance)), zone)) {
        if (!mayResolve(actor, event)) continue;
        try {
          return await this.claim(actor, event._id, {}, { isNew: true });
        } catch (error) {
          // Somebody was faster with this one.
          if (!(error instanceof AppError) || error.code === 'internal') throw error;
        }
      }
    }
    return null;
  }

  /** A person has been working just now: what they hold, they hold on. */
  async worked(by: Id): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - (this.#workedAt.get(by) ?? 0) < WORKED_MS) return;
    if (this.#workedAt.size >= REMEMBERED) this.#workedAt.clear();
    this.#workedAt.set(by, now);
    await this.#renew(await this.inTime.claimed(by, this.#late()));
  }

  /** How many events each person holds. */
  async load(): Promise<Map<Id, number>> {
    const load = new Map<Id, number>();
    for (const { claim } of await this.inTime.claimed(null))
      if (claim) load.set(claim.by, (load.get(claim.by) ?? 0) + 1);
    return load;
  }

  async #mostUrgent(actor: Actor, filter: Filter, zone: string): Promise<EventDoc[]> {
    const ask = (more: Filter) => this.events.list(actor, and(filter, more), { zone, limit: LOOKED_AT });
    const late: Filter = { field: 'due', in: ['overdue'] };
    const pages = [await ask(late), await ask({ not: late })];
    return pages.flatMap(({ docs }) => docs).sort((a, b) => compareUrgency(toWire(a), toWire(b)));
  }

  /** Whose lease ends before this has to be renewed. */
  #late(): Date {
    return new Date(this.clock.now().getTime() + RENEW_BELOW_MS);
  }

  /** A lease that has just lapsed is not brought back: somebody else may be at it. */
  async #renew(events: readonly EventDoc[]): Promise<void> {
    const now = this.clock.now();
    const late = this.#late();
    const until = new Date(now.getTime() + LEASE_MS);
    await this.repository.amendMany(
      events.flatMap((event) => {
        if (!event.claim || event.claim.until <= now || event.claim.until >= late) return [];
        const claim = { ...event.claim, until };
        const { nextDueChangeAt } = timedFields({ ...event, claim }, now);
        return { id: event._id, version: event.version, changes: { claim, nextDueChangeAt } };
      }),
    );
  }

  async #person(id: Id) {
    const [user] = await this.users.byIds([id]);
    if (!user || user.disabledAt) throw refused('to', 'unknown-user');
    return user;
  }
}

const ofImportance = (importance: Importance): Filter => ({ field: 'importance', in: [importance] });

const heldBySomebody = (event: EventDoc): AppError =>
  new AppError('conflict', '#held', [{ field: 'claim', reason: 'held' }], { current: toWire(event) });
