import type { Id } from '@svodka/shared/contracts/id';
import type { Count } from '@svodka/shared/feed/feed';
import type { View, ViewCreate, ViewEdit } from '@svodka/shared/feed/view';
import { ALL, type Filter } from '@svodka/shared/filter/ast';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { OPEN } from '@svodka/shared/rules/status';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.ts';
import { ApiError, ask } from '../api/rest.ts';
import { counts } from './counts.ts';
import { t } from './i18n.svelte.ts';
import { keepSeen, seenLast } from './seen.ts';
import { session } from './session.svelte.ts';
import { URGENT } from './urgent.ts';

/** A feed that everybody has. */
export type StandardView = { key: string; name: MessageKey; icon: View['icon']; filter: Filter; hot?: true };

export const STANDARD_VIEWS: StandardView[] = [
  { key: 'all', name: 'views.all', icon: 'inbox', filter: ALL },
  { key: 'open', name: 'views.open', icon: 'flag', filter: OPEN },
  {
    key: 'urgent',
    name: 'views.urgent',
    icon: 'flame',
    hot: true,
    filter: URGENT,
  },
  { key: 'no-project', name: 'views.noProject', icon: 'box', filter: { field: 'project', exists: false } },
];

/** Feeds that start over at the same time are counted anew in one go, ms. */
const ANEW_MS = 300;

/** What a feed is called in the language of the screen. */
export function viewName(view: StandardView | View): string {
  if ('key' in view) return t(view.name);
  return view.preset ? t(`view.${view.preset}`) : view.name;
}

const byOrder = (a: View, b: View) => a.order - b.order || (a.id < b.id ? -1 : 1);

/** The person's saved feeds, and live counts of all that stand in the left column. */
class Views {
  #items = $state.raw<readonly View[]>([]);
  /** Where each feed is counted. */
  #rooms = new SvelteMap<string, string>();
  #loaded = $state(false);
  #settled = $state(false);
  #asking = 0;
  #first: Promise<void> | null = null;
  /** Rooms that were reset while it was asked which to count: nothing comes from them any more. */
  readonly #emptied = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    live.onConnect(() => void this.#refresh(this.#first));
    live.onState((state) => {
      if (state === 'offline') this.#settled = true;
    });
    // Not only with the line: the column is drawn before there is one.
    session.onEntered(() => {
      void this.#beginKept();
      this.#first = this.#load();
    });
    // What one of them asks is another feed from now on.
    live.on('feed.reset', ({ room }) => {
      // Which rooms are theirs is not known before the answer, and the answer may be older than this.
      if (this.#asking > 0) this.#emptied.add(room);
      if ([...this.#rooms.values()].includes(room)) this.#anew();
    });
  }

  get items(): readonly View[] {
    return this.#items;
  }

  /** Whether the server has said which there are. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Whether the saved feeds are known, or cannot be for now: what stands below them need not wait to be pushed down. */
  get settled(): boolean {
    return this.#settled;
  }

  /** By the id of a saved feed or the key of a standard one. */
  count(key: string): Count | undefined {
    return counts.of(this.#rooms.get(key));
  }

  find(id: Id): View | undefined {
    return this.#items.find((view) => view.id === id);
  }

  /** One that an earlier press has made, whose answer was lost, becomes what is asked for now. */
  async create(view: ViewCreate & { id: Id }): Promise<void> {
    const { id, preset: _, ...edit } = view;
    try {
      this.#put(await ask('POST /views', { body: view }));
    } catch (error) {
      const isMade = error instanceof ApiError && error.code === 'conflict' && error.details.length === 0;
      if (!isMade) throw error;
      await this.edit(id, edit);
    }
  }

  async edit(id: Id, edit: ViewEdit): Promise<void> {
    this.#put(await ask('PATCH /views/:id', { id, body: edit }));
  }

  async remove(id: Id): Promise<void> {
    await ask('DELETE /views/:id', { id });
    this.#show(this.#items.filter((view) => view.id !== id));
    void this.#subscribe();
  }

  /** Moves a feed by one place, up (-1) or down (1); shown at once, taken back when the server refuses. */
  async move(id: Id, by: -1 | 1): Promise<void> {
    const from = this.#items.findIndex((view) => view.id === id);
    const to = from + by;
    if (from < 0 || to < 0 || to >= this.#items.length) return;
    const before = this.#items;
    const moved = [...before];
    moved.splice(to, 0, ...moved.splice(from, 1));
    const renumbered = moved.map((view, order) => ({ ...view, order }));
    this.#show(renumbered);
    try {
      const changed = renumbered.filter(
        (view) => before.find((old) => old.id === view.id)?.order !== view.order,
      );
      for (const { id: each, order } of changed) await ask('PATCH /views/:id', { id: each, body: { order } });
    } catch (error) {
      this.#show(before);
      throw error;
    }
  }

  #put(view: View): void {
    this.#show([...this.#items.filter((each) => each.id !== view.id), view].sort(byOrder));
    void this.#subscribe();
  }

  /** @param asked for this connection already */
  async #refresh(asked: Promise<void> | null): Promise<void> {
    this.#first = null;
    await asked;
    if (!asked || !this.#loaded) await this.#load();
    await this.#subscribe();
  }

  async #load(): Promise<void> {
    if (session.state !== 'in') return;
    try {
      this.#show((await ask('GET /views')).items.sort(byOrder));
      this.#loaded = true;
    } catch {
      // The last known ones stay; the next connection asks again.
    }
    this.#settled = true;
  }

  #show(items: readonly View[]): void {
    this.#items = items;
    void keepSeen('views', 'all', items);
  }

  async #beginKept(): Promise<void> {
    const kept = await seenLast<View[]>('views', 'all');
    if (kept && !this.#loaded) this.#items = kept.value;
    if (kept || session.isKept) this.#settled = true;
  }

  #anew(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#subscribe();
    }, ANEW_MS);
  }

  async #subscribe(): Promise<void> {
    const feeds = [...STANDARD_VIEWS, ...this.#items.map((view) => ({ key: view.id, filter: view.filter }))];
    this.#asking++;
    try {
      const answer = await live.ask('counts.subscribe', {
        feeds: feeds.map(({ key, filter }) => ({ key, filter })),
      });
      for (const { key, room, count } of answer.counts) {
        counts.put(room, count);
        this.#rooms.set(key, room);
        if (this.#emptied.has(room)) this.#anew();
      }
    } catch {
      // Asked again with the next connection.
    } finally {
      if (--this.#asking === 0) this.#emptied.clear();
    }
  }
}

export const views = new Views();
