// What a person does takes hold on the screen at once and reaches the server when it can (`queue`). Changes of state
// are undone by a key; what the server refuses of them is taken back and said.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Filter } from '@svodka/shared/filter/ast';
import { UNDO_MS } from '@svodka/shared/rules/undo';
import type { ApiError } from '../api/rest.ts';
import { clock } from './clock.svelte.ts';
import { type Act, type Deed, madeAt, writtenAt } from './deeds.ts';
import { errorText } from './error-text.ts';
import { orderAndCustomer, titleOf } from './event-names.ts';
import { holdAsk } from './hold-ask.svelte.ts';
import { t } from './i18n.svelte.ts';
import { Overlays } from './overlays.ts';
import { type Entry, queue } from './queue.svelte.ts';
import { refs } from './refs.svelte.ts';
import { session } from './session.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** `at`: when it was done, and not when it was answered, ms. */
type Done = { at: number } & ((Act & { id: Id }) | { undo: () => void; until: number });

const DONE = {
  resolve: 'undo.resolved',
  reopen: 'undo.reopened',
  open: 'undo.opened',
  record: 'undo.recorded',
  remove: 'undo.removed',
  restore: 'undo.restored',
  claim: 'undo.claimed',
  release: 'undo.released',
  snooze: 'undo.snoozed',
  wake: 'undo.woken',
} as const;
const OPPOSITE = {
  resolve: 'reopen',
  reopen: 'resolve',
  open: 'record',
  record: 'open',
  remove: 'restore',
  restore: 'remove',
} as const;

/** What takes an act back, as far as it can be: what time has ended meanwhile it does not bring back. */
function opposite(act: Act): Act {
  const { event } = act;
  const me = session.user?.id;
  switch (act.kind) {
    case 'claim': {
      const { claim } = event;
      if (event.status === 'snoozed' && (act.ask.to ?? me) === me) return putOffAgain(event);
      if (claim && claim.by !== me) return { kind: 'claim', event, ask: { to: claim.by } };
      // What was handed on comes back to who had it.
      return act.ask.to && act.ask.to !== me ? { kind: 'claim', event, ask: {} } : { kind: 'release', event };
    }
    case 'release':
      return { kind: 'claim', event, ask: {} };
    case 'wake':
      return putOffAgain(event);
    case 'snooze':
      // What one had taken is one's own again.
      return event.claim && event.claim.by === me
        ? { kind: 'claim', event, ask: {} }
        : { kind: 'wake', event };
    default:
      return { kind: OPPOSITE[act.kind], event };
  }
}

/** Not to be open has ended what it was held by: what one was working on, and what it was put off until. */
function heldBefore({ kind, event }: Act): Act | null {
  if (kind !== 'resolve' && kind !== 'record' && kind !== 'remove') return null;
  const { by } = event.claim ?? {};
  if (by) return { kind: 'claim', event, ask: by === session.user?.id ? {} : { to: by } };
  const { until = null } = event.snooze ?? {};
  // What is deleted stays put off.
  const isOver = kind === 'remove' || (until !== null && Date.parse(until) <= clock.now);
  return event.status === 'snoozed' && !isOver ? putOffAgain(event) : null;
}

/** A word to whoever ends what another is at: that person is told of it. */
function heldByOther({ kind, event }: Act): string {
  const by = kind === 'resolve' && event.claim?.by;
  return by && by !== session.user?.id
    ? t('claim.told', { name: refs.user(by)?.name || t('claim.somebody') })
    : '';
}

function putOffAgain(event: SvodkaEvent): Act {
  const { until, type } = event.snooze ?? {};
  return { kind: 'snooze', event, ask: { ...(until && { until }), ...(type && { type }) } };
}

/** What was done, in a word: «Решено». */
export const doneWord = (kind: Act['kind']): string => t(DONE[kind]);

/** By a key nobody sees what it was that is taken back. */
function sayUndone(what: string, event: SvodkaEvent): void {
  const title = t('undo.undone', { what, title: titleOf(event) });
  toasts.show({ key: 'undone', title, text: orderAndCustomer(event) });
}

/** Whoever did it has looked away by then, ms: that it is refused is said at its event too. */
const LOOKED_AWAY_MS = 10_000;

/** How far back an undo reaches. */
const UNDO_MOST = 50;

export const isAct = (deed: Deed): deed is Act => deed.kind in DONE;

const currentOf = (error: ApiError): SvodkaEvent | undefined => error.body.current as SvodkaEvent | undefined;

/** Who was faster, in the answer to a claim. */
function holderIn(error: ApiError): string | undefined {
  const by = error.code === 'conflict' && currentOf(error)?.claim?.by;
  return by ? refs.user(by)?.name || t('claim.somebody') : undefined;
}

/** The server has never told of it. */
export const isUnsent = ({ version }: Pick<SvodkaEvent, 'version'>): boolean => version === 0;

/** Seldom needed, and not on the first screen. */
let unsent: typeof import('./unsent-events.ts') | undefined;

/** How long what was sent may be on its way to the lists, ms. */
const ARRIVES_MS = 5_000;

class Outbox {
  #overlays = new Overlays();
  /** What was written here and stands in no list of the server's yet, by its id. */
  #written = new Map<Id, SvodkaEvent>();
  #arriving = new Set<Id>();
  #listeners = new Set<() => void>();
  #returns = new Set<(id: Id) => void>();
  /** What was done on this page and may still be taken back, oldest first. */
  #done: Done[] = [];

  constructor() {
    queue.onDone(({ id, deed }, answer) => {
      this.#overlays.settle(deed, answer);
      const { event } = answer;
      if (deed.kind === 'create' && event) {
        this.#arrives(event);
        // The device's clock may have been set back meanwhile.
        if (queue.isOwn(id)) this.#created(event, Math.min(writtenAt(deed, id), Date.now()));
      }
      if (deed.kind === 'edit' && event) this.#edited(event, id);
    });
    queue.onRefused((entry, error) => this.#refused(entry, error));
    queue.onChange(() => {
      this.#overlays.cover(queue.entries.flatMap(({ deed, refusal }) => (refusal ? [] : deed)));
      this.#gather();
      this.#tell();
    });
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
  isGone(event: Pick<SvodkaEvent, 'id' | 'version'>): boolean {
    return this.#overlays.isGone(event);
  }

  /** The event as it will be once everything that was done to it has arrived. */
  view(event: SvodkaEvent): SvodkaEvent {
    return this.#overlays.view(event);
  }

  /** Events that were written here and will stand in the list of a filter, until it has them from the server. */
  writtenIn(filter: Filter): SvodkaEvent[] {
    return unsent && this.#written.size > 0
      ? [...this.#written.values()].filter(unsent.mayStandIn(filter))
      : [];
  }

  writtenOf(id: Id): SvodkaEvent | undefined {
    return this.#written.get(id);
  }

  #gather(): void {
    const wrongMs = clock.now - Date.now();
    const waiting = queue.entries.flatMap(({ id, deed, refusal }) =>
      deed.kind === 'create' && !refusal ? { id: deed.body.id, deed, at: writtenAt(deed, id) + wrongMs } : [],
    );
    const ids = new Set([...waiting.map(({ id }) => id), ...this.#arriving]);
    const me = session.user?.id;
    for (const [id, { author }] of this.#written)
      if (author.userId !== me || !ids.has(id)) this.#written.delete(id);
    if (waiting.length > 0 && !unsent) void this.#begin();
    // The same object as long as it waits: what draws it has nothing to do.
    for (const { id, deed, at } of waiting)
      if (unsent && !this.#written.has(id)) this.#written.set(id, unsent.unsentEvent(deed, at));
  }

  async #begin(): Promise<void> {
    try {
      unsent = await import('./unsent-events.ts');
    } catch {
      // Without a line it could not be had: what was written stands in the list of what waits.
      return;
    }
    this.#gather();
    this.#tell();
  }

  /** For as long as an edit might be, it is taken back by deleting it, while nobody has touched it. */
  #created(event: SvodkaEvent, at: number): void {
    if (!session.mayRemove(event)) return;
    const undo = () => {
      queue.put({ kind: 'remove', event, untouched: true });
      sayUndone(t('undo.created'), event);
    };
    this.mayUndo(undo, { at, until: at + UNDO_MS });
  }

  #arrives(event: SvodkaEvent): void {
    this.#written.set(event.id, event);
    this.#arriving.add(event.id);
    setTimeout(() => this.arrived(event.id) && this.#tell(), ARRIVES_MS);
  }

  /** A list has it from the server, whose word holds from now on. False: that was known. */
  arrived(id: Id): boolean {
    if (!this.#arriving.delete(id)) return false;
    this.#gather();
    return true;
  }

  /** Does it, shows it at once, and offers to undo it. */
  act(kind: Exclude<Act['kind'], 'claim' | 'snooze'>, event: SvodkaEvent): void {
    this.do({ kind, event });
  }

  do(act: Act): void {
    const { kind, event } = act;
    const { id } = queue.put(act);
    const action: Done = { ...act, id, at: madeAt(id) };
    this.#remember(action);
    toasts.show({
      key: `undo ${event.id}`,
      title: t('undo.of', { what: t(DONE[kind]), title: titleOf(event) }),
      text: [orderAndCustomer(event), heldByOther(action)].filter(Boolean).join('\n'),
      brief: [orderAndCustomer(event), titleOf(event)].filter(Boolean).join(' · '),
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
            .map((each) => each.brief)
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

  /** Whether an edit can be taken back the server knows: nobody may have built on it. */
  #edited(event: SvodkaEvent, id: Id): void {
    const undo = () =>
      void import('./take-back.ts').then(({ takeBack }) => takeBack(event)).catch(toasts.fail);
    const forget = queue.isOwn(id) ? this.mayUndo(undo, { at: madeAt(id) }) : () => true;
    toasts.show({
      key: `undo ${event.id}`,
      title: t('undo.of', { what: t('undo.edited'), title: titleOf(event) }),
      text: orderAndCustomer(event),
      tone: 'ok',
      actions: [{ label: t('app.undo'), run: () => forget() && undo() }],
    });
  }

  /**
   * Something was done elsewhere that can be taken back. `at`: when it was done, `until`: till when it can be, both ms.
   * @returns takes it from the list; false: it was undone already
   */
  mayUndo(
    undo: () => void,
    { at = Math.max(Date.now(), this.#done.at(-1)?.at ?? 0), until = Number.POSITIVE_INFINITY } = {},
  ): () => boolean {
    const action: Done = { undo, until, at };
    this.#remember(action);
    return () => {
      const isThere = this.#done.includes(action);
      this.#done = this.#done.filter((each) => each !== action);
      return isThere;
    };
  }

  /** Slow answers come after what was done since. */
  #remember(action: Done): void {
    const later = this.#done.filter(({ at }) => at > action.at);
    this.#done = [...this.#done.filter(({ at }) => at <= action.at), action, ...later].slice(-UNDO_MOST);
  }

  /** Takes back what this person did last; false when there is nothing. */
  undoLast(): boolean {
    const now = Date.now();
    this.#done = this.#done.filter((each) => 'event' in each || each.until > now);
    const action = this.#done.at(-1);
    if (!action) return false;
    if ('event' in action) {
      const { kind, event } = action;
      toasts.closeKey(`undo ${event.id}`);
      sayUndone(t(DONE[kind]), event);
    }
    this.#undo(action);
    return true;
  }

  #undo(action: Done): void {
    if (!this.#done.includes(action)) return;
    this.#done = this.#done.filter((each) => each !== action);
    if ('undo' in action) {
      action.undo();
      return;
    }
    const { event, id } = action;
    for (const listener of this.#returns) listener(event.id);
    // Not sent yet, and nothing was done upon it: then it was never done.
    const isLast = queue.of(event.id).at(-1)?.id === id;
    if (isLast && queue.drop(id)) return;
    queue.put(opposite(action));
    const held = heldBefore(action);
    if (held) queue.put(held);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Nothing was typed: of what was done just now there is nothing to keep. */
  #refused({ id, deed }: Entry, error: ApiError): void {
    if (!isAct(deed)) return;
    this.#done = this.#done.filter((each) => 'undo' in each || each.id !== id);
    if (Date.now() - madeAt(id) < LOOKED_AWAY_MS) queue.drop(id);
    const holder = deed.kind === 'claim' ? holderIn(error) : undefined;
    toasts.show({
      key: `undo ${deed.event.id}`,
      title: holder
        ? t('claim.lost', { name: holder, title: titleOf(deed.event) })
        : t('undo.of', { what: t('undo.failed'), title: titleOf(deed.event) }),
      text: [orderAndCustomer(deed.event), holder ? '' : errorText(error)].filter(Boolean).join('\n'),
      tone: holder ? 'plain' : 'critical',
      ...(holder && {
        actions: [
          { label: t('claim.takeOver'), run: () => holdAsk.open('claim', currentOf(error) ?? deed.event) },
        ],
      }),
    });
  }
}

export const outbox = new Outbox();
