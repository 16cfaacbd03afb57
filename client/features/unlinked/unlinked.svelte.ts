// The queue of what came without an order: a feed like any other, proposals for its first rows, and what the person has
// linked here, so that it can be taken back.
import type { EventEdit, SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Proposals } from '@svodka/shared/contracts/ingest';
import { CONNECTED_MODULES } from '@svodka/shared/contracts/modules';
import type { Filter } from '@svodka/shared/filter/ast';
import { sameMoneyTypes } from '@svodka/shared/rules/same-payment';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { retryDelay } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { dayOf } from '../../format/time.ts';
import { errorText } from '../../state/error-text.ts';
import { titleOf } from '../../state/event-names.ts';
import { Feed } from '../../state/feed.svelte.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { outbox } from '../../state/outbox.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayWords } from '../../state/sayings.ts';
import { session } from '../../state/session.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { samePayment } from '../event/same-payment.ts';
import { authorName } from '../event-look/event-words.ts';

const QUEUE: Filter = {
  and: [
    { field: 'project', exists: false },
    { field: 'module', in: [...CONNECTED_MODULES] },
    { not: { field: 'status', in: ['resolved'] } },
  ],
};
/** Rows that are drawn, and asked about: whoever has more works them off from the top. */
const SHOWN = 100;
const ASKED_TOGETHER = 50;
const SOON_MS = 120;

export const isMoney = ({ type }: SvodkaEvent): boolean => sameMoneyTypes(type).length > 0;

type Link = { event: SvodkaEvent; projectId: Id };
type Linked = { id: Id; rev: number; before: EventEdit };

export class Unlinked {
  readonly #feed = new Feed(QUEUE, { limit: SHOWN });
  readonly #proposals = new SvelteMap<Id, Proposals>();
  readonly #asked = new Set<Id>();
  /** Linked here, and still in the feed until its news comes. */
  readonly #gone = new SvelteSet<Id>();
  readonly marked = new SvelteSet<Id>();
  #revision = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Failures since it was last told. */
  #attempt = 0;
  #isClosed = false;
  #last: Linked[] = [];
  readonly #off: (() => void)[];

  constructor() {
    this.#off = [this.#feed.onChange(() => this.#changed()), outbox.onChange(() => this.#revision++)];
  }

  get state() {
    return this.#feed.state;
  }

  get error() {
    return this.#feed.error;
  }

  get count() {
    return this.#feed.count;
  }

  get rows(): SvodkaEvent[] {
    void this.#revision;
    return this.#feed.rows
      .map((event) => outbox.view(event))
      .filter((event) => !this.#gone.has(event.id) && event.status !== 'resolved' && !outbox.isGone(event))
      .slice(0, SHOWN);
  }

  /** Whether nothing waits but what is shown. */
  get isWhole(): boolean {
    const { count } = this;
    return count?.exact === true && count.n <= this.rows.length;
  }

  /** Undefined: not known yet. */
  proposals(id: Id): Proposals | undefined {
    return this.#proposals.get(id);
  }

  /** Whom a person may still name for it. */
  customers({ id, counterpartyIds }: SvodkaEvent): readonly Id[] {
    return counterpartyIds.length > 0 ? [] : (this.#proposals.get(id)?.customers ?? []);
  }

  mayLink(event: SvodkaEvent): boolean {
    return session.mayEdit(event);
  }

  retry(): void {
    this.#feed.retry();
  }

  /** To which order it goes together with others, by a key that looks at no order; null: a person chooses one. */
  order(event: SvodkaEvent): Id | null {
    const found = this.#proposals.get(event.id);
    if (!found || !this.mayLink(event)) return null;
    // Money that was held back goes nowhere by the way.
    return found.sure ?? (isMoney(event) ? null : (found.orders[0]?.projectId ?? null));
  }

  toggle(event: SvodkaEvent): boolean {
    if (this.marked.delete(event.id)) return true;
    if (!this.order(event)) return false;
    this.marked.add(event.id);
    return true;
  }

  /** Marks what can only be meant for one order. */
  markSure(): void {
    for (const event of this.rows)
      if (this.mayLink(event) && this.#proposals.get(event.id)?.sure) this.marked.add(event.id);
  }

  /** Rows that have proposals, of which a person has to choose one. */
  get left(): number {
    return this.rows.filter((event) => {
      const found = this.#proposals.get(event.id);
      return (
        found && found.orders.length > 0 && !found.sure && this.mayLink(event) && !this.marked.has(event.id)
      );
    }).length;
  }

  linkMarked(): Promise<void> {
    return this.link(
      this.rows.flatMap((event) => {
        const projectId = this.marked.has(event.id) ? this.order(event) : null;
        return projectId ? [{ event, projectId }] : [];
      }),
    );
  }

  /**
   * Gone from the screen at once, back where the server refuses, or the order has such a payment already.
   * @param anyway somebody knows that it is another one
   */
  async link(links: Link[], anyway = false): Promise<void> {
    const wanted = links.filter(({ event }) => this.mayLink(event));
    for (const { event } of wanted) {
      this.#gone.add(event.id);
      this.marked.delete(event.id);
    }
    const done: Linked[] = [];
    for (const { event, projectId } of wanted) {
      try {
        const same = anyway ? null : await samePayment({ ...event, projectId });
        if (same) {
          this.#gone.delete(event.id);
          this.#askOfSame(event, projectId, same);
          continue;
        }
        done.push(await this.#edit(event, { projectId }, { projectId: null }));
      } catch (error) {
        this.#gone.delete(event.id);
        this.#failed(event.id, titleOf(event), errorText(error));
      }
    }
    if (done.length === 0) return;
    const one = wanted.find(({ event }) => event.id === done[0]?.id);
    this.#tell(
      done,
      t('unlinked.accepted', { count: done.length }),
      done.length === 1 && one
        ? `${titleOf(one.event)} → № ${refs.project(one.projectId)?.number ?? '…'}`
        : '',
    );
  }

  /** Who it was, where the number alone does not say; it stays, without an order. */
  async name(event: SvodkaEvent, customerId: Id): Promise<void> {
    try {
      const done = await this.#edit(
        event,
        { counterpartyIds: [customerId] },
        { counterpartyIds: event.counterpartyIds },
      );
      this.#tell(
        [done],
        t('unlinked.named'),
        `${titleOf(event)} → ${refs.counterparty(customerId)?.name ?? '…'}`,
      );
    } catch (error) {
      this.#failed(event.id, titleOf(event), errorText(error));
    }
  }

  /** Takes back what was linked last; false when there is nothing. */
  undoLast(): boolean {
    if (this.#last.length === 0) return false;
    void this.#undo(this.#last);
    return true;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const off of this.#off) off();
    this.#feed.close();
  }

  #askOfSame(event: SvodkaEvent, projectId: Id, same: SvodkaEvent): void {
    const day = dayWords(dayOf(same.occurredAt, i18n.viewer));
    const link = { label: t('unlinked.same.link'), run: () => void this.link([{ event, projectId }], true) };
    const remove = { label: t('unlinked.same.remove'), run: () => outbox.act('remove', event) };
    toasts.show({
      key: `same ${event.id}`,
      title: t('unlinked.same.title'),
      text: `${titleOf(same)}, ${day}, ${authorName(same)}`,
      actions: session.mayRemove(event) ? [remove, link] : [link],
      lastsMs: null,
    });
  }

  async #edit({ id, rev }: { id: Id; rev: number }, body: EventEdit, before: EventEdit): Promise<Linked> {
    const { event } = await ask('PATCH /events/:id', { id, rev, body, key: newId() });
    return { id, rev: event.rev, before };
  }

  #tell(done: Linked[], title: string, text: string): void {
    this.#last = done;
    const actions = [{ label: t('app.undo'), run: () => void this.#undo(done) }];
    toasts.show({ key: 'linked', title, text, tone: 'ok', actions });
  }

  #failed(id: Id, title: string, text = ''): void {
    toasts.show({ key: `link ${id}`, title, text, tone: 'critical' });
  }

  async #undo(linked: Linked[]): Promise<void> {
    if (this.#last === linked) this.#last = [];
    toasts.closeKey('linked');
    for (const one of linked) {
      try {
        await this.#edit(one, one.before, {});
        this.#gone.delete(one.id);
      } catch (error) {
        this.#failed(one.id, errorText(error));
      }
    }
  }

  #changed(): void {
    this.#revision++;
    // What has left the feed may come back to it some day.
    for (const id of this.#gone) if (!this.#feed.get(id)) this.#gone.delete(id);
    for (const id of this.marked) if (!this.#feed.get(id)) this.marked.delete(id);
    this.#later(SOON_MS);
  }

  #later(ms: number): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#ask();
    }, ms);
  }

  async #ask(): Promise<void> {
    const ids = this.rows.map(({ id }) => id).filter((id) => !this.#asked.has(id));
    for (let from = 0; from < ids.length; from += ASKED_TOGETHER) {
      const some = ids.slice(from, from + ASKED_TOGETHER);
      for (const id of some) this.#asked.add(id);
      try {
        const { items, refs: named } = await ask('GET /proposals', { query: { ids: some.join(',') } });
        refs.add(named);
        for (const item of items) this.#proposals.set(item.eventId, item);
        this.#attempt = 0;
      } catch {
        for (const id of some) this.#asked.delete(id);
        // The feed may be quiet for hours.
        this.#later(retryDelay(this.#attempt++));
        return;
      }
    }
  }
}
