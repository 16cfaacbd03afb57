// The installations of a period as they are drawn: what the server derives, over it what this person is moving just now.
import type { BusyWork, Installation } from '@svodka/shared/contracts/crews';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { isWithin } from '@svodka/shared/rules/orders/work';
import { conflictsOf, type Placed, type WorkConflict } from '@svodka/shared/rules/orders/work-conflicts';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { crews } from '../../state/crews.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayNow } from '../../state/sayings.ts';
import { whenBack } from '../../state/when-back.ts';
import { workingDays } from '../../state/working-days.svelte.ts';
import { LiveRead } from './live-read.ts';

/** Where an installation is put: days, and the id or name of a crew. */
export type Place = Pick<Installation, 'startOn' | 'finishOn' | 'crew'>;
export type Period = { from: string; to: string };

/** An order has one installation a stage. */
export const keyOf = ({ projectId, stage }: Pick<Installation, 'projectId' | 'stage'>): string =>
  `${projectId} ${stage}`;

/** News of others' orders, of which nothing is told but that there are some, are looked at no more often, ms. */
const OTHERS_MS = 2_000;

export class OpenCalendar {
  #items = $state.raw<readonly Installation[]>([]);
  #busy = $state.raw<readonly BusyWork[]>([]);
  #todayOn = $state<string | null>(null);
  #more = $state(false);
  #state = $state<'loading' | 'ready' | 'failed'>('loading');
  #error = $state.raw<unknown>(null);
  /** Where this person has put something, while the server has not said so yet. */
  readonly #placed = new SvelteMap<string, { item: Installation; place: Place }>();

  readonly items = $derived.by<readonly Installation[]>(() => {
    const known = new Set(this.#items.map(keyOf));
    // What had no day before is drawn where it is put.
    const put = [...this.#placed].flatMap(([key, { item }]) => (known.has(key) ? [] : [item]));
    return [...this.#items, ...put].map((item) => {
      const placed = this.#placed.get(keyOf(item));
      return placed ? { ...item, ...placed.place, isPlanned: true } : item;
    });
  });
  readonly conflicts = $derived.by<ReadonlyMap<Placed, WorkConflict[]>>(() => {
    // Holidays are in the way of crews.
    void workingDays.years;
    return conflictsOf<Placed>([...this.items, ...this.#busy], {
      crewOf: (named) => crews.named(named),
      todayOn: this.todayOn,
    });
  });

  readonly #off: (() => void)[];
  #period: Period | null = null;
  readonly #reading = new LiveRead(
    (ids) => this.#readOnce(ids),
    (error) => {
      this.#error = error;
      if (this.#items.length === 0) this.#state = 'failed';
    },
  );
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#off = [
      live.on('work.changed', ({ projectIds, others }) => {
        this.#reading.some(projectIds);
        if (others) this.#timer ??= setTimeout(() => this.readAll(), OTHERS_MS);
      }),
      live.onConnect(() => this.readAll()),
      whenBack(() => this.readAll()),
    ];
  }

  get busy(): readonly BusyWork[] {
    return this.#busy;
  }

  get more(): boolean {
    return this.#more;
  }

  get state(): 'loading' | 'ready' | 'failed' {
    return this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  /** Today where the company is. */
  get todayOn(): string {
    return this.#todayOn ?? dayNow();
  }

  /** Shows another period; what of it is known already stays meanwhile. */
  show(period: Period): void {
    if (this.#period?.from === period.from && this.#period.to === period.to) return;
    this.#period = period;
    this.readAll();
  }

  readAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading.all();
  }

  /** Draws an installation elsewhere, until `settle` or `letGo`. */
  put(item: Installation, place: Place): void {
    this.#placed.set(keyOf(item), { item, place });
  }

  letGo(item: Installation): void {
    this.#placed.delete(keyOf(item));
  }

  /** The server has it. */
  settle(item: Installation, place: Place, event: SvodkaEvent): void {
    const plannedBy = { eventId: event.id, userId: event.author.userId, at: event.occurredAt };
    this.replace({ ...item, ...place, isPlanned: true, plannedBy });
  }

  /** Somebody says how an installation is now. */
  replace(now: Installation): void {
    this.letGo(now);
    this.#items = [...this.#items.filter((each) => keyOf(each) !== keyOf(now)), now];
    this.#reading.some([now.projectId]);
  }

  close(): void {
    this.#reading.close();
    clearTimeout(this.#timer);
    for (const off of this.#off) off();
  }

  async #readOnce(ids: readonly Id[] | null): Promise<void> {
    const period = this.#period;
    if (!period) return;
    const page = await ask('GET /installations', {
      query: { ...period, ...(ids && { projects: ids.join(',') }) },
    });
    if (this.#reading.isClosed) return;
    if (period !== this.#period) {
      this.#reading.all();
      return;
    }
    refs.add(page.refs);
    const asked = new Set(ids);
    this.#items = ids
      ? [...this.#items.filter(({ projectId }) => !asked.has(projectId)), ...page.items]
      : page.items;
    if (!ids) [this.#busy, this.#more] = [page.busy, page.more];
    this.#todayOn = page.todayOn;
    this.#state = 'ready';
    this.#error = null;
  }

  /** What of it lies in the period that is drawn. */
  within(period: Period): Installation[] {
    return this.items.filter((item) => isWithin(item, period));
  }
}
