import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { FeedOp } from '@svodka/shared/feed/feed';
import { formatRowKey, parseRowKey } from '@svodka/shared/feed/order';
import { and, not, or, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { ChangeBus } from '../changes/change-bus.ts';
import { toWire } from '../events/event.mapper.ts';
import type { EventDoc } from '../events/event.schema.ts';
import type { EventPage } from '../events/event-list.repository.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { RefsCache } from '../refs/refs-cache.ts';
import { PublisherService } from './publisher.service.ts';
import { type Resolved, type Room, resolveAsk } from './room.ts';
import { Rooms } from './rooms.service.ts';
import { movedWindow, type Window } from './slice.ts';
import { rowsOf } from './wire.ts';

/** How late a passed bound may be noticed, ms. Asking the clock is what lets tests and clock steps move it. */
const LOOK_EVERY_MS = 500;
/** For so long after a move the log may tell of writes that the slice has seen, ms. */
const LATE_MS = 30_000;
/** A longer slice is quicker read anew. */
const MAX_SLICE = 2_000;
const PAGE = 200;
/** Sorts after every id. */
const BEHIND_ALL = '~';

/** Takes rooms with moving bounds over each bound (F13): «today» is another day after midnight. */
@Injectable()
export class BoundariesService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  readonly #moving = new Set<Promise<void>>();

  constructor(
    private readonly rooms: Rooms,
    private readonly bus: ChangeBus,
    private readonly publisher: PublisherService,
    private readonly events: EventsRepository,
    private readonly names: RefsCache,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'feeds' });
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all(this.#moving);
  }

  #look(): void {
    const now = this.clock.now();
    for (const room of this.rooms.all()) {
      if (room.standing.isSettling && performance.now() - room.settledAt > LATE_MS) {
        room.standing.forget();
        this.rooms.reindex(room);
      }
      const { boundary } = room.place;
      if (boundary === 0 || now.getTime() < boundary || room.told) continue;
      const move = this.#move(room, now).finally(() => this.#moving.delete(move));
      this.#moving.add(move);
    }
  }

  async #move(room: Room, now: Date): Promise<void> {
    const former = room.standing.filter;
    const resolved = resolveAsk(room.ask, now);
    const { filter, zone } = room.ask;
    const window = movedWindow(filter, { now: room.resolvedAt, zone }, { now, zone });
    room.told = new Map();
    room.resolvedAt = now;
    room.standing.move(resolved.filter);
    this.rooms.reindex(room);
    let slice: EventDoc[] | null = null;
    try {
      slice = await this.#slice(former, resolved.filter, window);
    } catch (error) {
      this.#log.warn('the slice between two bounds could not be read', { err: error });
    }
    await this.bus.inTurn(async () => {
      await this.#tell(room, resolved, slice);
    });
  }

  async #tell(room: Room, { boundary }: Resolved, slice: EventDoc[] | null): Promise<void> {
    const rows = slice?.filter(({ _id, version }) => (room.told?.get(_id) ?? -1) < version) ?? [];
    const ops = rows.map((doc): FeedOp => {
      const { _id: id, version } = doc;
      return room.standing.matches(doc) ? { op: 'upsert', event: toWire(doc) } : { op: 'leave', id, version };
    });
    await this.names.load(rowsOf(ops), [room.ask.reader]);
    room.standing.settle();
    room.settledAt = performance.now();
    room.told = null;
    this.rooms.reindex(room);
    room.counter.doubt();
    if (slice) this.publisher.send(room, { token: room.place.token, boundary }, ops);
    else {
      room.place = { token: room.place.token, boundary };
      this.publisher.reset(room);
    }
  }

  /**
   * The events that are in one of two filters and not in the other, read from the window that the bounds moved over;
   * null: more than are worth telling one by one, or they may be anywhere.
   */
  async #slice(
    before: ResolvedFilter,
    after: ResolvedFilter,
    window: Window | null,
  ): Promise<EventDoc[] | null> {
    if (!window) return null;
    const happened = { field: 'occurred', ...window } as const;
    const differing = and(happened, or(and(after, not(before)), and(before, not(after))));
    const docs: EventDoc[] = [];
    // Lists go down from a key, and say how far they have come even where nothing matched.
    let next: string | null = formatRowKey({ occurredAt: window.to, id: BEHIND_ALL });
    while (next !== null && (parseRowKey(next)?.occurredAt ?? '') >= window.from) {
      const page: EventPage = await this.events.find(differing, { limit: PAGE, after: next, whole: true });
      docs.push(...page.docs);
      next = page.next;
      if (docs.length > MAX_SLICE) return null;
    }
    return docs;
  }
}
