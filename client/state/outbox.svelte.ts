// Actions that take hold on the screen at once and reach the server when they can: in order, one at a time. Without a
// connection they wait; what the server refuses is taken back and said.
import type { EventStatus, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { isOpen } from '@svodka/shared/rules/status';
import { SvelteMap } from 'svelte/reactivity';
import { live, retryDelay } from '../api/live.ts';
import { ApiError, api } from '../api/rest.ts';
import { errorText } from './error-text.ts';
import { orderAndCustomer } from './event-names.ts';
import { t } from './i18n.svelte.ts';
import { session } from './session.svelte.ts';
import { toasts } from './toasts.svelte.ts';

type Kind = 'resolve' | 'reopen' | 'open' | 'record' | 'remove' | 'restore';
type Action = { kind: Kind; event: SvodkaEvent; by: Id | undefined };
/** How an event is drawn until the feed brings what became of it. */
type Overlay = { gone: boolean; fields: Partial<SvodkaEvent>; until: number };

const DONE = {
  resolve: 'undo.resolved',
  reopen: 'undo.reopened',
  open: 'undo.opened',
  record: 'undo.recorded',
  remove: 'undo.removed',
  restore: 'undo.restored',
} as const;
const OPPOSITE = {
  resolve: 'reopen',
  reopen: 'resolve',
  open: 'record',
  record: 'open',
  remove: 'restore',
  restore: 'remove',
} as const;

/** The status after it, as far as the page knows; what was undone is again what it was before. */
function statusAfter(kind: Kind, { status }: SvodkaEvent): EventStatus {
  if (kind === 'resolve') return 'resolved';
  if (kind === 'record') return 'recorded';
  if (kind === 'reopen' && status !== 'resolved') return status;
  return 'open';
}

/** How far back an undo reaches. */
const UNDO_MOST = 50;

class Outbox {
  #queue: Action[] = [];
  #waiting = $state(0);
  #overlays = new SvelteMap<Id, Overlay>();
  #listeners = new Set<() => void>();
  #returns = new Set<(id: Id) => void>();
  /** What this person has done and may still take back, oldest first. */
  #done: Action[] = [];
  #sending = false;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    live.onConnect(() => this.#soon(0));
    addEventListener('beforeunload', (event) => {
      if (this.#queue.length > 0) event.preventDefault();
    });
  }

  /** Actions that wait for the connection. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Called whenever events come and go by what was done here. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called with each event that an undo brings back, before it is back. */
  onReturn(listener: (id: Id) => void): () => void {
    this.#returns.add(listener);
    return () => this.#returns.delete(listener);
  }

  /** Whether it was removed here; one that somebody has brought back since is not. */
  isGone({ id, version }: Pick<SvodkaEvent, 'id' | 'version'>): boolean {
    const overlay = this.#overlays.get(id);
    return overlay?.gone === true && version <= overlay.until;
  }

  /** The event as it will be once everything that was done to it has arrived. */
  view(event: SvodkaEvent): SvodkaEvent {
    const overlay = this.#overlays.get(event.id);
    return overlay && event.version <= overlay.until ? { ...event, ...overlay.fields } : event;
  }

  /** Does it, shows it at once, and offers to undo it. */
  act(kind: Kind, event: SvodkaEvent): void {
    const action: Action = { kind, event, by: session.user?.id };
    this.#done = [...this.#done, action].slice(-UNDO_MOST);
    this.#enqueue(action);
    toasts.show({
      key: `undo ${event.id}`,
      title: t('undo.of', { what: t(DONE[kind]), title: event.title }),
      text: orderAndCustomer(event),
      tone: 'ok',
      actions: [{ label: t('app.undo'), run: () => this.#undo(action) }],
      group: {
        key: `undo ${kind}`,
        sum: (members) => ({
          title: t('undo.several', { what: t(DONE[kind]), count: members.length }),
          // The newest first: it is the one that may have been a slip.
          text: members
            .slice(-3)
            .reverse()
            .map((each) => each.text || each.title)
            .join('\n'),
          actions: [
            { label: t('undo.last'), run: () => this.undoLast() },
            {
              label: t('undo.all'),
              run: () => {
                for (const { actions } of [...members].reverse()) actions?.[0]?.run();
              },
            },
          ],
        }),
      },
    });
  }

  /** Takes back what this person did last; false when there is nothing. */
  undoLast(): boolean {
    const action = this.#done.findLast(({ by }) => by === session.user?.id);
    if (!action) return false;
    toasts.closeKey(`undo ${action.event.id}`);
    this.#undo(action);
    return true;
  }

  #undo(action: Action): void {
    if (!this.#done.includes(action)) return;
    this.#done = this.#done.filter((each) => each !== action);
    const { kind, event, by } = action;
    for (const listener of this.#returns) listener(event.id);
    const at = this.#queue.findLastIndex(
      (each, i) => each.event.id === event.id && (i > 0 || !this.#sending),
    );
    if (at >= 0 && this.#queue[at]?.kind === kind) {
      this.#queue.splice(at, 1);
      this.#uncover(event.id);
      this.#count();
    } else this.#enqueue({ kind: OPPOSITE[kind], event, by });
  }

  #enqueue(action: Action): void {
    this.#queue.push(action);
    this.#cover(action);
    this.#soon(0);
  }

  #cover({ kind, event }: Action): void {
    const at = new Date().toISOString();
    const by = session.user?.id ?? null;
    const status = statusAfter(kind, event);
    const resting = status === 'resolved' && event.dueAt ? 'done' : 'none';
    const fields: Partial<SvodkaEvent> =
      kind === 'remove' || kind === 'restore'
        ? {}
        : {
            status,
            resolved: status === 'resolved' ? { at, by } : null,
            // What is open again has a due state that only the server knows, unless it had one just now.
            dueState: !isOpen({ status }) ? resting : event.dueState === 'done' ? 'none' : event.dueState,
          };
    this.#overlays.set(event.id, { gone: kind === 'remove', fields, until: Number.POSITIVE_INFINITY });
    this.#tell();
  }

  #uncover(id: Id): void {
    this.#overlays.delete(id);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #count(): void {
    this.#waiting = live.state === 'online' && this.#attempt === 0 ? 0 : this.#queue.length;
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), ms);
  }

  async #send(): Promise<void> {
    const action = this.#queue[0];
    if (!action || this.#sending) return this.#count();
    // Until somebody is signed in it waits; what one person has done, another one must not send.
    if (session.state !== 'in') return;
    if (action.by !== session.user?.id) {
      this.#queue.shift();
      this.#uncover(action.event.id);
      return this.#soon(0);
    }
    this.#sending = true;
    const { kind, event } = action;
    try {
      const answer = await api.events[kind](event.id);
      this.#finish(action, answer.event);
    } catch (error) {
      this.#sending = false;
      if (error instanceof ApiError && (error.network || error.code === 'unavailable')) {
        this.#attempt++;
        this.#count();
        return this.#soon(retryDelay(this.#attempt));
      }
      this.#queue.shift();
      this.#done = this.#done.filter((each) => each !== action);
      this.#uncover(event.id);
      toasts.show({
        key: `undo ${event.id}`,
        title: t('undo.of', { what: t('undo.failed'), title: event.title }),
        text: [orderAndCustomer(event), errorText(error)].filter(Boolean).join('\n'),
        tone: 'critical',
      });
    }
    this.#sending = false;
    this.#attempt = 0;
    this.#count();
    if (this.#queue.length > 0) this.#soon(0);
  }

  #finish({ kind, event }: Action, after: SvodkaEvent): void {
    this.#queue.shift();
    if (this.#queue.some((each) => each.event.id === event.id)) return;
    if (kind === 'restore') {
      this.#uncover(event.id);
      return;
    }
    // It stays covered: the feed tells in its own time, and nothing may flicker until then.
    const gone = kind === 'remove';
    this.#overlays.set(event.id, { gone, fields: gone ? {} : after, until: after.version - 1 });
  }
}

export const outbox = new Outbox();
