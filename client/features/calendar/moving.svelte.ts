// Something on its way to another day: drawn there at once, asked why, written; and what comes of it when somebody else
// was faster, or it is taken back.
import { tick } from 'svelte';
import { errorText } from '../../state/error-text.ts';
import { t } from '../../state/i18n.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import type { Anchor } from '../../ui/floating.ts';

type Asking<T, P> = { item: T; place: P; anchor: Anchor };
type Message = { title: string; text: string };

/** How things of one kind are moved. */
export type Mover<T, P> = {
  keyOf(item: T): string;
  /** Where it is. */
  placeOf(item: T): P;
  /** Draws it elsewhere, until it is let go or stands there. */
  put(item: T, place: P): void;
  letGo(item: T): void;
  /** Brings where it is now into what the calendar shows. */
  show(place: P): void;
  /** Writes that it is elsewhere. @returns what takes that back */
  write(item: T, place: P, reason: string): Promise<() => Promise<void>>;
  /**
   * What a refusal means where somebody else was faster: it is drawn where they have put it.
   * @returns what is said of it; null: nothing, it stands where it was to be; undefined: it is another refusal
   */
  overtaken(item: T, place: P, error: unknown): Promise<Message | null | undefined>;
  /** Without a reason nothing was put off. */
  words: {
    moved(item: T, reason: string): string;
    failed(item: T, reason: string): string;
    where(place: P): string;
  };
};

/** Where something is drawn. */
export const linkOf = (key: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-work="${key}"]`);

export class Moving<T, P> {
  /** What is asked before a move. */
  #asking = $state.raw<Asking<T, P> | null>(null);
  /** Why it could not be moved; it is still being asked about. */
  #failure = $state<string | null>(null);
  #undo: (() => void) | null = null;
  readonly #mover: Mover<T, P>;

  constructor(mover: Mover<T, P>) {
    this.#mover = mover;
  }

  get asking(): Asking<T, P> | null {
    return this.#asking;
  }

  get failure(): string | null {
    return this.#failure;
  }

  /** Draws it where it is put, or leaves it where it is, and asks why. */
  async ask(item: T, place: P = this.#mover.placeOf(item)): Promise<void> {
    this.#mover.put(item, place);
    this.#mover.show(place);
    await tick();
    const link = linkOf(this.#mover.keyOf(item));
    link?.scrollIntoView({ block: 'center', inline: 'nearest' });
    // A form that is being filled in stays where it is, wherever its day then has the card drawn.
    const anchor = link?.getBoundingClientRect() ?? { x: innerWidth / 2, y: innerHeight / 3 };
    this.#failure = null;
    this.#asking = { item, place, anchor };
  }

  giveUp(): void {
    const { item } = this.#asking ?? {};
    this.#asking = null;
    if (!item) return;
    this.#mover.letGo(item);
    this.#focus(item);
  }

  /** The answer to what was asked; it stays asked until it is written or somebody else was faster. */
  async move(place: P, reason: string): Promise<void> {
    const asked = this.#asking;
    if (!asked) return;
    const { item } = asked;
    this.#failure = null;
    const { words } = this.#mover;
    try {
      const takeBack = await this.#mover.write(item, place, reason);
      this.#answered(asked, place);
      const undo = (): void => void this.#takeBack(item, place, takeBack, undo);
      this.#undo = undo;
      toasts.show({
        key: this.#toastOf(item),
        title: words.moved(item, reason),
        text: words.where(place),
        tone: 'ok',
        actions: [{ label: t('app.undo'), run: undo }],
      });
    } catch (error) {
      const said = await this.#mover.overtaken(item, place, error);
      if (said !== undefined) this.#answered(asked);
      if (said === null) return;
      if (said) {
        toasts.show({ ...said, tone: 'critical', lastsMs: null });
        return;
      }
      const failure = { title: words.failed(item, reason), text: errorText(error) };
      if (this.#asking === asked) {
        this.#failure = `${failure.title}. ${failure.text}`;
        return;
      }
      this.#mover.letGo(item);
      toasts.show({ ...failure, tone: 'critical' });
    }
  }

  /** Takes the last move back. False: there is none. */
  undo(): false | undefined {
    if (!this.#undo) return false;
    this.#undo();
  }

  /** @param place where it is now */
  #answered(asked: Asking<T, P>, place?: P): void {
    // They did not wait for it.
    if (this.#asking !== asked) return;
    this.#asking = null;
    if (place !== undefined) this.#mover.show(place);
    this.#focus(asked.item);
  }

  #toastOf = (item: T) => `move ${this.#mover.keyOf(item)}`;

  #focus(item: T): void {
    void tick().then(() => linkOf(this.#mover.keyOf(item))?.focus());
  }

  /** @param undo what the key does while this is the last move: once, and again when it failed */
  async #takeBack(item: T, place: P, takeBack: () => Promise<void>, undo: () => void): Promise<void> {
    if (this.#undo === undo) this.#undo = null;
    toasts.closeKey(this.#toastOf(item));
    this.#mover.put(item, this.#mover.placeOf(item));
    this.#mover.show(this.#mover.placeOf(item));
    // The button that was pressed has gone, or the card has left the place where it had the focus.
    this.#focus(item);
    try {
      await takeBack();
    } catch (error) {
      this.#undo ??= undo;
      this.#mover.put(item, place);
      this.#mover.letGo(item);
      toasts.fail(error);
    }
  }
}
