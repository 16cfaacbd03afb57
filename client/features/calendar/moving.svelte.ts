// An installation on its way to another day or crew: drawn there at once, asked why, written; and what comes of it when
// somebody else was faster, or it is taken back.
import type { Installation } from '@svodka/shared/contracts/crews';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { tick } from 'svelte';
import { ApiError, ask } from '../../api/rest.ts';
import { errorText } from '../../state/error-text.ts';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import type { Anchor } from '../../ui/floating.ts';
import { keyOf, type OpenCalendar, type Place } from './calendar-state.svelte.ts';
import { crewWords, daysWords, numberOf } from './calendar-words.ts';
import { undatedOf } from './undated.ts';

type Asking = { item: Installation; place: Place; anchor: Anchor };

const placeOf = ({ startOn, finishOn, crew }: Installation): Place => ({ startOn, finishOn, crew });
const toastOf = (item: Installation) => `move ${keyOf(item)}`;
const whereWords = (at: Place) => `${daysWords(at)}, ${crewWords(at.crew)}`;

export class Moving {
  /** What is asked before a move. */
  #asking = $state.raw<Asking | null>(null);
  #undo: (() => void) | null = null;
  readonly #calendar: OpenCalendar;
  readonly #linkOf: (key: string) => HTMLElement | null;

  /** @param linkOf where an installation is drawn */
  constructor(calendar: OpenCalendar, linkOf: (key: string) => HTMLElement | null) {
    this.#calendar = calendar;
    this.#linkOf = linkOf;
  }

  get asking(): Asking | null {
    return this.#asking;
  }

  /** Draws it where it is put, or leaves it where it is, and asks why. */
  async ask(item: Installation, place: Place = placeOf(item)): Promise<void> {
    this.#calendar.put(item, place);
    await tick();
    const anchor = this.#linkOf(keyOf(item)) ?? { x: innerWidth / 2, y: innerHeight / 3 };
    if (anchor instanceof HTMLElement) anchor.scrollIntoView({ block: 'center', inline: 'nearest' });
    this.#asking = { item, place, anchor };
  }

  /** Somebody comes from an order to move its installation. */
  async askOf(projectId: Id): Promise<void> {
    let item = this.#calendar.items.find((each) => each.projectId === projectId && each.state !== 'done');
    if (!item) {
      const project = await ask('GET /projects/:id', { id: projectId }).catch(() => null);
      if (!project) return;
      refs.add({ projects: [project], counterparties: [], users: [] });
      const { line } = project;
      const undated = line.undated.length > 0 ? line.undated : [1];
      [item] = undatedOf({ ...project, line: { ...line, undated } }, this.#calendar.todayOn);
    }
    if (item) await this.ask(item);
  }

  giveUp(): void {
    const { item } = this.#asking ?? {};
    this.#asking = null;
    if (!item) return;
    this.#calendar.letGo(item);
    this.#focus(item);
  }

  /** The answer to what was asked. */
  async move(place: Place, reason: string): Promise<void> {
    const { item } = this.#asking ?? {};
    this.#asking = null;
    if (!item) return;
    this.#focus(item);
    const seen = item.plannedBy && { eventId: item.plannedBy.eventId, ...placeOf(item) };
    try {
      const { event } = await ask('POST /projects/:id/work', {
        id: item.projectId,
        body: { stage: item.stage, seen, ...place, reason },
      });
      this.#calendar.settle(item, place, event);
      const undo = (): void => void this.#takeBack(item, place, event.id, undo);
      this.#undo = undo;
      toasts.show({
        key: toastOf(item),
        title: t('calendar.moved', { number: numberOf(item) }),
        text: whereWords(place),
        tone: 'ok',
        actions: [{ label: t('app.undo'), run: undo }],
      });
    } catch (error) {
      await this.#refused(item, place, error);
    }
  }

  /** Takes the last move back. False: there is none. */
  undo(): false | undefined {
    if (!this.#undo) return false;
    this.#undo();
  }

  #focus(item: Installation): void {
    void tick().then(() => this.#linkOf(keyOf(item))?.focus());
  }

  /** Somebody was faster: it is where they have put it, and said so. The answer to a repeated move may be one's own. */
  async #refused(item: Installation, place: Place, error: unknown): Promise<void> {
    const current =
      error instanceof ApiError && error.code === 'conflict'
        ? (error.current as Installation | undefined)
        : undefined;
    if (!current) {
      this.#calendar.letGo(item);
      const title = t('calendar.move.failed', { number: numberOf(item) });
      toasts.show({ title, text: errorText(error), tone: 'critical' });
      return;
    }
    this.#calendar.replace(current);
    const userId = current.plannedBy?.userId;
    if (userId === session.user?.id && current.startOn === place.startOn && current.crew === place.crew)
      return;
    toasts.show({
      title: t('calendar.overtaken', { number: numberOf(item), who: await nameOf(userId) }),
      text: t('calendar.overtaken.text', { where: whereWords(current) }),
      tone: 'critical',
      lastsMs: null,
    });
  }

  /** @param undo what the key does while this is the last move: once, and again when it failed */
  async #takeBack(item: Installation, place: Place, eventId: string, undo: () => void): Promise<void> {
    if (this.#undo === undo) this.#undo = null;
    toasts.closeKey(toastOf(item));
    this.#calendar.put(item, item);
    try {
      await ask('DELETE /events/:id', { id: eventId, key: newId() });
      this.#calendar.replace(item);
    } catch (error) {
      this.#undo ??= undo;
      this.#calendar.put(item, place);
      this.#calendar.letGo(item);
      toasts.show({ title: errorText(error), tone: 'critical' });
    }
  }
}

/** What a colleague is called, asked for where nobody has named them yet. */
async function nameOf(id: Id | null | undefined): Promise<string> {
  if (id && !refs.user(id)) {
    const query = { projects: '', counterparties: '', users: id };
    await ask('GET /refs', { query }).then(
      (found) => refs.add(found),
      () => undefined,
    );
  }
  return refs.user(id)?.name ?? '…';
}
