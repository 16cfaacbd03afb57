// The deadlines of a period as they are drawn: of events by a feed, of milestones as the server derives them; over it
// what this person is moving just now.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { MilestoneDue } from '@svodka/shared/contracts/orders';
import { and, type Filter, not } from '@svodka/shared/filter/ast';
import { toText } from '@svodka/shared/filter/text';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { dayOf } from '../../format/time.ts';
import { Feed } from '../../state/feed.svelte.ts';
import { i18n } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayNow } from '../../state/sayings.ts';
import { whenBack } from '../../state/when-back.ts';
import type { Period } from '../calendar/calendar-state.svelte.ts';
import type { Dated } from '../calendar/dated.ts';
import { LiveRead } from '../calendar/live-read.ts';

/** A day by which something is to be done. */
export type Deadline = Dated & { key: string } & (
    | { kind: 'event'; event: SvodkaEvent }
    | { kind: 'milestone'; milestone: MilestoneDue }
  );
export type Of = 'mine' | 'all';

/** So many events of a period are drawn. */
const EVENTS_MOST = 1_000;
/** What was written and has not come back by then is drawn as it comes, ms. */
const SETTLES_MS = 3_000;

/** Announced deadlines of milestones speak of what is drawn beside them. */
export const ANNOUNCED: Filter = {
  field: 'type',
  in: ['deadline.approaching', 'deadline.due', 'deadline.overdue'],
};

/** The day of a deadline: one of a whole day is in its own zone, an hour in the reader's. */
export const dueDayOf = ({ dueAt, dueAllDay, dueLocal }: SvodkaEvent): string =>
  dueAllDay && dueLocal ? dueLocal.slice(0, 10) : dayOf(dueAt ?? '', i18n.viewer);

/** Open events that are due until a day. */
export const dueFilter = (of: Filter, to: string, from?: string): Filter =>
  and(
    of,
    { field: 'status', in: ['open'] },
    // A day of another zone begins and ends on its neighbours.
    { field: 'dueAt', ...(from && { from: daysAfter(from, -1) }), to: daysAfter(to, 1) },
    not(ANNOUNCED),
  );

const dated = (day: string): Dated => ({ startOn: day, finishOn: day, crew: null });
const deadlineOf = (event: SvodkaEvent): Deadline => ({
  ...dated(dueDayOf(event)),
  key: event.id,
  kind: 'event',
  event,
});
const milestoneDeadline = (milestone: MilestoneDue): Deadline => ({
  ...dated(milestone.on),
  key: `${milestone.projectId} ${milestone.code}`,
  kind: 'milestone',
  milestone,
});

export class OpenDeadlines {
  #milestones = $state.raw<readonly MilestoneDue[]>([]);
  #more = $state(false);
  #todayOn = $state<string | null>(null);
  #state = $state<'loading' | 'ready' | 'failed'>('loading');
  #error = $state.raw<unknown>(null);
  /** The feed that is drawn; the next one takes its place once it has been answered. */
  #feed = $state.raw<Feed | null>(null);
  #next: Feed | null = null;
  /** Where this person has put something, until the server says so. */
  readonly #placed = new SvelteMap<string, { item: Deadline; day: string; isWritten: boolean }>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #period = $state.raw<Period | null>(null);
  #of: Of = 'all';
  readonly #off: (() => void)[];
  readonly #reading = new LiveRead(
    (ids) => this.#readOnce(ids),
    (error) => {
      this.#error = error;
      if (this.#milestones.length === 0) this.#state = 'failed';
    },
  );

  readonly items = $derived.by<readonly Deadline[]>(() => {
    const period = this.#period;
    if (!period) return [];
    const events = (this.#feed?.rows ?? []).map(deadlineOf);
    return [...this.#milestones.map(milestoneDeadline), ...events]
      .map((item) => {
        const placed = this.#placed.get(item.key);
        return placed ? { ...item, ...dated(placed.day) } : item;
      })
      .filter(({ startOn }) => period.from <= startOn && startOn <= period.to)
      .sort(
        (a, b) =>
          a.startOn.localeCompare(b.startOn) ||
          hourOf(a).localeCompare(hourOf(b)) ||
          (a.key < b.key ? -1 : 1),
      );
  });

  constructor() {
    this.#off = [
      live.on('orders.changed', ({ ids }) => (ids ? this.#reading.some(ids) : this.#reading.all())),
      live.onConnect(() => this.#reading.all()),
      whenBack(() => this.#reading.all()),
    ];
  }

  get state(): 'loading' | 'ready' | 'failed' {
    if (this.#feed?.state === 'failed') return 'failed';
    return this.#feed === null && this.#state === 'ready' ? 'loading' : this.#state;
  }

  get error(): unknown {
    return this.#feed?.state === 'failed' ? this.#feed.error : this.#error;
  }

  /** There is more than is drawn. */
  get more(): boolean {
    return this.#more || ((this.#feed?.hasMore ?? false) && (this.#feed?.rows.length ?? 0) >= EVENTS_MOST);
  }

  get todayOn(): string {
    return this.#todayOn ?? dayNow();
  }

  /** Shows another period, or deadlines of others; what is known already stays meanwhile. @param own which events are theirs */
  show(period: Period, of: Of, own: Filter): void {
    const filter = dueFilter(own, period.to, period.from);
    const feed = this.#next ?? this.#feed;
    if (!feed || toText(feed.filter) !== toText(filter)) this.#follow(new Feed(filter, { limit: 200 }));
    if (of === this.#of && this.#period?.from === period.from && this.#period.to === period.to) return;
    [this.#period, this.#of] = [period, of];
    this.#reading.all();
  }

  readAll(): void {
    if (this.#feed?.state === 'failed') this.#feed.retry();
    this.#reading.all();
  }

  /** Draws it on another day. */
  put(item: Deadline, day: string): void {
    this.#placed.set(item.key, { item, day, isWritten: false });
  }

  letGo({ key }: Deadline): void {
    this.#placed.delete(key);
  }

  /**
   * It is written: drawn there until the server says so.
   * @param elsewhere called with the day that has come of it, where it is another: what a milestone needs comes first
   */
  settle(item: Deadline, day: string, elsewhere: (on: string) => void = () => {}): void {
    this.#placed.set(item.key, { item, day, isWritten: true });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#placed.get(item.key)?.isWritten) return;
      this.#placed.delete(item.key);
      const now = this.items.find(({ key }) => key === item.key);
      if (now && now.startOn !== day) elsewhere(now.startOn);
    }, SETTLES_MS);
    this.#timers.add(timer);
  }

  close(): void {
    this.#reading.close();
    this.#feed?.close();
    this.#next?.close();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const off of this.#off) off();
  }

  #follow(feed: Feed): void {
    this.#next?.close();
    this.#next = feed;
    feed.onChange(() => {
      if (feed === this.#next && feed.state !== 'loading') {
        this.#feed?.close();
        [this.#feed, this.#next] = [feed, null];
      }
      if (feed.hasMore && feed.pageState === 'idle' && feed.rows.length < EVENTS_MOST) void feed.loadMore();
      for (const { item, day, isWritten } of [...this.#placed.values()]) {
        const event = feed.get(item.key);
        if (isWritten && event && dueDayOf(event) === day) this.#placed.delete(item.key);
      }
    });
  }

  async #readOnce(ids: readonly Id[] | null): Promise<void> {
    const [period, of] = [this.#period, this.#of];
    if (!period) return;
    const page = await ask('GET /milestones', {
      query: { ...period, of, ...(ids && { projects: ids.join(',') }) },
    });
    if (this.#reading.isClosed) return;
    if (period !== this.#period || of !== this.#of) {
      this.#reading.all();
      return;
    }
    refs.add(page.refs);
    const asked = new Set(ids);
    this.#milestones = ids
      ? [...this.#milestones.filter(({ projectId }) => !asked.has(projectId)), ...page.items]
      : page.items;
    if (!ids) this.#more = page.more;
    for (const { projectId, code, on } of page.items) {
      const placed = this.#placed.get(`${projectId} ${code}`);
      if (placed?.isWritten && placed.day === on) this.#placed.delete(`${projectId} ${code}`);
    }
    this.#todayOn = page.todayOn;
    this.#state = 'ready';
    this.#error = null;
  }
}

/** Whole days come first. */
const hourOf = (item: Deadline): string =>
  item.kind === 'event' && !item.event.dueAllDay ? (item.event.dueAt ?? '') : '';
