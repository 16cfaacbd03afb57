// Keeps the lines of orders true. It follows the change log from a stored place, notes which orders a batch has
// touched, and derives those whole. What is noted lives in memory: the place moves on only when everything up to it has
// been derived, so whatever dies, they come again.
//
// Order: noted → derived in small groups → written → place. While orders are derived more of them are noted, each once
// however often it was touched; between two rounds it rests for several times as long as the round took, and no longer
// than until nothing more comes, so that an import of many events of few orders derives each a few times and not once an
// event, and leaves no order behind. Shutdown: the group at hand ends.
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { FACT_TYPES } from '@svodka/shared/rules/orders/fills';
import { RULES } from '@svodka/shared/rules/orders/line';
import { type Change, without } from '../changes/change.ts';
import type { Place } from '../changes/change-follower.ts';
import { Followers } from '../changes/followers.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import { Clock } from '../platform/clock.ts';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { WorkingDaysService } from '../working-days/working-days.service.ts';
import { WORKING_YEARS } from '../working-days/working-year.schema.ts';
import { LinesService } from './lines.service.ts';
import type { ProjectDoc } from './projects/project.schema.ts';
import { ProjectsRepository } from './projects/projects.repository.ts';

export const POSITION_ID = 'orders.position';
const HEARS = { collections: ['events', 'projects', WORKING_YEARS] };
const PIPELINE = [
  { $match: { 'ns.coll': { $in: HEARS.collections } } },
  without('revisions', 'terms', 'commentTerms', 'body', 'title', 'payload', 'created', 'audienceIds', 'line'),
];
/** Events of other types make no part of a line. */
const FACTS: ReadonlySet<EventDoc['type']> = new Set(FACT_TYPES);
/** Orders that are derived together: for so long nobody else is served. */
const GROUP = 20;
/** So often the clock is asked which lines it has made old. */
const SWEEP_MS = 60_000;
const SWEEP_BATCH = 200;
/** `calm`: nothing noted for so long ends a rest. */
const REST_MS = { calm: 200, most: 2_500 };
const RESTS_PER_ROUND = 5;
const RETRY_MS = { first: 100, most: 5_000 };

@Injectable()
export class LineFollower implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #noted = new Set<Id>();
  #rounds: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  #notes = 0;
  #wake: (() => void) | null = null;

  constructor(
    private readonly followers: Followers,
    private readonly lines: LinesService,
    private readonly projects: ProjectsRepository,
    private readonly events: EventsService,
    private readonly workingDays: WorkingDaysService,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'orders' });
  }

  onModuleInit(): void {
    this.followers.add({
      name: 'orders',
      pipeline: () => PIPELINE,
      hears: HEARS,
      place: this.#behind(this.followers.storedPlace(POSITION_ID)),
      opened: async (_, isNew) => {
        // What was before this place never comes: a first start, or a copy that was put back.
        if (isNew) await this.noteAll();
      },
      take: (changes) => this.#take(changes),
    });
  }

  onApplicationBootstrap(): void {
    const sweep = () =>
      void this.sweep().catch((err) => {
        if (!this.#isStopped)
          this.#log.warn('the lines of orders could not be looked at, and will be', { err });
      });
    this.#timer = setInterval(sweep, SWEEP_MS);
    sweep();
  }

  async onModuleDestroy(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#wake?.();
    await this.#rounds;
  }

  /** Notes what time or new rules have made old, and waits until it is derived. */
  async sweep(): Promise<void> {
    for (const find of [
      (now: Date) => this.projects.stale(now, SWEEP_BATCH),
      () => this.projects.ordersAfter(null, SWEEP_BATCH, RULES),
    ]) {
      const seen = new Set<Id>();
      while (!this.#isStopped) {
        const ids = (await find(await this.clock.certain())).filter((id) => !seen.has(id));
        // One that cannot be derived stays what it is.
        if (ids.length === 0) break;
        for (const id of ids) seen.add(id);
        this.#note(ids);
        await this.idle();
      }
    }
  }

  /** Notes every order there is, a few hundred at a time. */
  async noteAll(): Promise<void> {
    for (let after: Id | null = null; ; ) {
      const ids: Id[] = await this.projects.ordersAfter(after, SWEEP_BATCH);
      this.#note(ids);
      await this.idle();
      // Not done is not done: the place must not move.
      if (this.#isStopped) throw new Error('stopped before every order was derived');
      after = ids.at(-1) ?? null;
      if (ids.length < SWEEP_BATCH) return;
    }
  }

  /** Ends when everything that is noted has been derived. */
  async idle(): Promise<void> {
    while (this.#rounds) await this.#rounds;
  }

  /** A place that does not move past what is noted and not derived. */
  #behind(place: Place): Place {
    let isBehind = false;
    return {
      read: () => place.read(),
      forget: () => place.forget(),
      reached: async (token, isQuiet) => {
        // Nothing is lost by staying: what comes again is derived again, and nothing is written.
        const isDone = this.#rounds === null && this.#noted.size === 0;
        if (isDone) await place.reached(token, isQuiet && !isBehind);
        isBehind = !isDone;
      },
    };
  }

  async #take(changes: readonly Change[]): Promise<void> {
    const touched = new Set<Id>();
    for (const change of changes) {
      if (change.collection === WORKING_YEARS) {
        // Days are counted otherwise from here on: every order's may be others.
        await this.workingDays.read();
        await this.noteAll();
        continue;
      }
      if (change.collection === 'projects') {
        const { before, after } = change as Change<ProjectDoc & { [key: string]: unknown }>;
        // Its own writes leave the version of the order as it is.
        if (after && before?.version !== after.version) touched.add(change.id);
        continue;
      }
      const { before, after: image, kind } = change as Change<EventDoc & { [key: string]: unknown }>;
      const after = image ?? (kind === 'delete' ? null : ((await this.events.byIds([change.id]))[0] ?? null));
      for (const doc of [before, after]) {
        if (doc?.projectId && FACTS.has(doc.type)) touched.add(doc.projectId);
      }
      // The image of what it was is gone, and it was of another order, or nobody says what was changed.
      const mayHaveMoved =
        kind !== 'update' || change.changed.length === 0 || change.changed.includes('projectId');
      if (!before && kind !== 'insert' && mayHaveMoved) await this.noteAll();
    }
    this.#note(touched);
  }

  #note(ids: Iterable<Id>): void {
    for (const id of ids) {
      this.#noted.add(id);
      this.#notes++;
    }
    if (this.#noted.size > 0 && !this.#isStopped) this.#rounds ??= this.#derive();
  }

  async #derive(): Promise<void> {
    for (let failures = 0; this.#noted.size > 0 && !this.#isStopped; ) {
      const began = performance.now();
      const ids = [...this.#noted];
      for (let at = 0; at < ids.length && !this.#isStopped; at += GROUP) {
        const group = ids.slice(at, at + GROUP);
        // Noted again from here on, they have changed again.
        for (const id of group) this.#noted.delete(id);
        if (await this.#deriveGroup(group)) failures = 0;
        else {
          for (const id of group) this.#noted.add(id);
          failures++;
        }
      }
      if (this.#noted.size === 0) break;
      if (failures > 0) await this.#rest(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** (failures - 1)));
      else await this.#gather(Math.min(REST_MS.most, (performance.now() - began) * RESTS_PER_ROUND));
    }
    // In the turn in which nothing more was noted: whatever comes next begins new rounds.
    this.#rounds = null;
  }

  /** False: they are to be derived again. An order that cannot be derived must not stand in the way of the others. */
  async #deriveGroup(ids: readonly Id[]): Promise<boolean> {
    try {
      return await this.lines.derive(ids);
    } catch (err) {
      if (translateDriverError(err)) return false;
      if (ids.length > 1) {
        let isDone = true;
        for (const id of ids) isDone = (await this.#deriveGroup([id])) && isDone;
        return isDone;
      }
      this.#log.error('an order could not be derived', { err, id: ids[0] });
      return true;
    }
  }

  /** Lets more of them be noted, for so long at most. */
  async #gather(ms: number): Promise<void> {
    const end = performance.now() + ms;
    let seen: number;
    do {
      seen = this.#notes;
      await this.#rest(REST_MS.calm);
    } while (this.#notes !== seen && performance.now() < end && !this.#isStopped);
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
