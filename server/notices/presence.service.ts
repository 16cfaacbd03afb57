// Who is at a page, and where. What pages say of themselves lives in the memory of their node and in one document a node,
// which the others read every second: nothing of it is an event, and the store logs each write, so a node writes when
// something is otherwise than it said and not for each beat. It says more than a greeting only where others listen.
// Everything here runs out by itself; what the store does not answer is told again a second later.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { PersonThere, PresenceBeat, Watcher } from '@svodka/shared/feed/socket';
import type { Connection, mongo } from 'mongoose';
import { UsersService } from '../accounts/users.service.ts';
import { discussionOf } from '../discussion/discussions.service.ts';
import { Clock } from '../platform/clock.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import type { Page, PresenceDoc } from './notice.schema.ts';

const LEASE_MS = 30_000;
/** A page that nobody has touched for so long is a page that nobody reads. */
const IDLE_MS = 5 * 60_000;
/** Beyond so much a node says nothing new and says it again, well within the lease. */
const GREET_MS = 10_000;
const SYNC_MS = 1_000;
/** What is done at an event is told so soon; who is in which feed, to all pages, with the next look at the others. */
const GATHER_MS = 150;
/** Documents of nodes that ended without a word. */
const FORGET_MS = 3_600_000;
/** A crowd is a crowd. */
const WATCHERS_MOST = 50;

/** Those who are told who is there. */
export const PRESENCE_ROOM = 'presence';

@Injectable()
export class PresenceService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stored: mongo.Collection<PresenceDoc>;
  readonly #node: Id = newId();
  /** By socket. */
  readonly #pages = new Map<string, Page & { openOn: () => Id | null }>();
  #others: Page[] = [];
  #told = new Map<Id, PersonThere>();
  #toldWatchers = new Map<Id, string>();
  #said = { words: '', at: 0 };
  #interval: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | null = null;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly clock: Clock,
    private readonly users: UsersService,
    private readonly sockets: Sockets,
  ) {
    this.#stored = driverCollection<PresenceDoc>(connection, 'presence');
  }

  onApplicationBootstrap(): void {
    this.#interval = setInterval(() => {
      if (this.#pages.size === 0 && this.sockets.hasNobody) return;
      this.#syncing ??= this.#sync()
        .catch(() => undefined)
        .finally(() => {
          this.#syncing = null;
        });
    }, SYNC_MS);
    this.#interval.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#interval);
    clearTimeout(this.#soon);
    await this.#syncing;
  }

  /**
   * What a page says of itself; a hidden or idle one renews nothing.
   * @param page its socket; @param openOn the event that it has open, and may see, whenever it is asked
   */
  async beat(
    userId: Id,
    beat: PresenceBeat,
    page: string = userId,
    openOn: () => Id | null = () => null,
  ): Promise<void> {
    if (!beat.visible || beat.idleMs >= IDLE_MS) return;
    const [user] = await this.users.live.byIds([userId]);
    const { feed = null, doing = null, field = null } = beat;
    this.#pages.set(page, {
      userId,
      name: user?.name ?? '',
      until: this.#now() + LEASE_MS,
      feed,
      eventId: null,
      doing,
      field,
      openOn,
    });
    this.#tellSoon();
  }

  /** The socket is gone: nobody is seen there any more. Whether a letter is needed is a question of half a minute. */
  left(page: string): void {
    const before = this.#pages.get(page);
    if (!before) return;
    this.#pages.set(page, { ...before, feed: null, openOn: () => null });
    this.#tellSoon();
  }

  /** Who is on the desk, as far as it has been told. */
  get people(): PersonThere[] {
    return [...this.#told.values()];
  }

  /** Who of them is there, at whatever node. */
  async presentOf(userIds: Id[]): Promise<Set<Id>> {
    const wanted = new Set(userIds);
    const pages = [...this.#alive(), ...(await this.#readOthers())];
    return new Set(pages.flatMap(({ userId }) => (wanted.has(userId) ? [userId] : [])));
  }

  /** Who has one of these events open and is there, at whatever node. */
  async readersOf(eventIds: readonly Id[]): Promise<(eventId: Id, userId: Id) => boolean> {
    if (eventIds.length === 0) return () => false;
    const pages = [...this.#alive(), ...(await this.#readOthers())];
    return (event, user) => pages.some(({ eventId, userId }) => eventId === event && userId === user);
  }

  #now(): number {
    return this.clock.now().getTime();
  }

  #alive(): Page[] {
    const now = this.#now();
    for (const [key, { until }] of this.#pages) if (until <= now) this.#pages.delete(key);
    return [...this.#pages.values()].map(({ openOn, ...page }) => ({ ...page, eventId: openOn() }));
  }

  async #readOthers(): Promise<Page[]> {
    const now = this.clock.now();
    const docs = await this.#stored.find({ _id: { $ne: this.#node }, until: { $gt: now } }).toArray();
    this.#areOthers = docs.length > 0;
    return docs.flatMap(({ pages }) => pages ?? []).filter(({ until }) => until > now.getTime());
  }
  #areOthers = false;

  async #sync(): Promise<void> {
    this.#others = await this.#readOthers();
    const pages = this.#areOthers ? this.#alive() : [];
    const now = this.#now();
    const words = JSON.stringify(pages.map(({ until: _, ...page }) => page));
    if (words !== this.#said.words || now - this.#said.at >= GREET_MS) {
      this.#said = { words, at: now };
      const until = new Date(now + LEASE_MS);
      await this.#stored.replaceOne({ _id: this.#node }, { until, pages }, { upsert: true });
      await this.#stored.deleteMany({ until: { $lt: new Date(now - FORGET_MS) } });
    }
    this.#tell();
  }

  #tellSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (!this.sockets.hasNobody) this.#tellWatchers([...this.#alive(), ...this.#others]);
    }, GATHER_MS);
    this.#soon.unref();
  }

  #tell(): void {
    if (this.sockets.hasNobody) return;
    const pages = [...this.#alive(), ...this.#others];
    this.#tellPeople(pages);
    this.#tellWatchers(pages);
  }

  #tellPeople(pages: readonly Page[]): void {
    const there = new Map<Id, PersonThere>();
    // Of several pages the one that was touched last.
    for (const { userId, name, feed } of pages.toSorted((a, b) => a.until - b.until))
      if (feed !== null) there.set(userId, { id: userId, name, feed });
    const people = [...there.values()].filter(({ id, name, feed }) => {
      const told = this.#told.get(id);
      return told?.feed !== feed || told.name !== name;
    });
    const gone = [...this.#told.keys()].filter((id) => !there.has(id));
    this.#told = there;
    if (people.length + gone.length > 0)
      this.sockets.server.to(PRESENCE_ROOM).emit('presence.changed', { people, gone });
  }

  #tellWatchers(pages: readonly Page[]): void {
    const watched = new Map<Id, Map<Id, Watcher>>();
    for (const { userId: id, name, eventId, doing, field } of pages) {
      if (!eventId) continue;
      const watchers = watched.get(eventId) ?? new Map<Id, Watcher>();
      // Who does something on one of their pages does it, wherever else they look.
      if (doing || !watchers.has(id)) watchers.set(id, { id, name, doing, field });
      watched.set(eventId, watchers);
    }
    const before = this.#toldWatchers;
    this.#toldWatchers = new Map();
    for (const [id, watchers] of watched) {
      const list = [...watchers.values()].slice(0, WATCHERS_MOST);
      const words = JSON.stringify(list);
      this.#toldWatchers.set(id, words);
      if (words !== before.get(id)) this.#emitWatchers(id, list);
    }
    for (const id of before.keys()) if (!watched.has(id)) this.#emitWatchers(id, []);
  }

  /** To those alone who follow the event, and so may see it. */
  #emitWatchers(id: Id, watchers: Watcher[]): void {
    this.sockets.server.to(discussionOf(id)).emit('event.watched', { id, watchers });
  }
}
