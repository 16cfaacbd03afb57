import type { MessageKey } from '@svodka/shared/messages/ru';

/** One key of the keyboard. `code` is the place on the keyboard, so that it is the same key in every layout. */
export type Binding = {
  code: string;
  shift?: boolean;
  /** Held with Ctrl, or Cmd on a Mac. */
  ctrl?: boolean;
  alt?: boolean;
  /** The key that is pressed before it: `KeyG` for «g then letter». */
  after?: string;
  /** Also while a field has the focus: no field means anything by it. */
  inFields?: boolean;
  /** As it is written on the sheet, or the message of that; empty: another line of the same says it. */
  shown: string;
  label: MessageKey;
  group: MessageKey;
  /** False: this press is not for it, somebody else may have it. */
  run: () => unknown;
};

const SEQUENCE_MS = 1500;
/** What lies over the screen has the keyboard for itself: dialogs, and whatever `ui/floating.ts` shows. */
const FLOATING = 'dialog[open], [data-floats]';

/** Whatever is written into takes every key. */
const ALL = /^/;
const NONE = /$^/;
const PRESS = /^(?:Numpad)?Enter$|^Space$/;
const CHOOSE = /^Arrow|^(?:Numpad)?Enter$|^Space$/;
const SLIDE = /^(?:Arrow|Page)|^(?:Home|End|Enter)$/;
/** Inputs that nothing is written into, and the keys by which each is moved or pressed. */
const PRESSED: Partial<Record<string, RegExp>> = {
  checkbox: PRESS,
  radio: CHOOSE,
  range: SLIDE,
  button: PRESS,
  submit: PRESS,
  reset: PRESS,
  image: PRESS,
  file: PRESS,
  color: PRESS,
};

/** The keys that what has the focus means something by; all others are the screen's, wherever the focus was left. */
function ownKeys(target: EventTarget | null): RegExp {
  if (!(target instanceof HTMLElement)) return NONE;
  if (target.isContentEditable || target.matches('textarea, select')) return ALL;
  if (target instanceof HTMLInputElement) return PRESSED[target.type] ?? ALL;
  return target.matches('button, a, summary') ? PRESS : NONE;
}

/** Whether letters that are typed there stay there. */
export const isWrittenInto = (target: EventTarget | null): boolean => ownKeys(target) === ALL;

/** Whether what is done with the focus there is meant for the screen: not written into a field, nor for what lies over it. */
export const isForScreen = (target: EventTarget | null): boolean =>
  !isWrittenInto(target) && !document.querySelector(FLOATING);

/** Ctrl+Enter sends the form that one is in, from any field. False: one is in none. */
function sendsForm({ key, ctrlKey, metaKey, target }: KeyboardEvent): boolean {
  if (key !== 'Enter' || !(ctrlKey || metaKey)) return false;
  const form = target instanceof Element ? target.closest('form') : null;
  form?.requestSubmit();
  return form !== null;
}

/** The keys of the screen. Whoever comes last is asked first, so that what lies on top has its own. */
class Keys {
  #layers = $state.raw<Binding[][]>([]);
  #before: { code: string; at: number } | null = null;

  constructor() {
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  /** What is bound now, for the sheet. */
  get bindings(): Binding[] {
    return this.#layers.flat();
  }

  /** Call the result when the part leaves the screen. */
  add(bindings: Binding[]): () => void {
    this.#layers = [...this.#layers, bindings];
    return () => {
      this.#layers = this.#layers.filter((layer) => layer !== bindings);
    };
  }

  /** A press in a field that was left by it: the screen has it. */
  pass(event: KeyboardEvent): void {
    this.#press(event, NONE);
  }

  #press(event: KeyboardEvent, own = ownKeys(event.target)): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (sendsForm(event)) {
      event.preventDefault();
      return;
    }
    if (document.querySelector(FLOATING)) return;
    const held =
      event.key === '?' ? 'Slash+' : event.key === '/' ? 'Slash' : event.code + (event.shiftKey ? '+' : '');
    const before =
      this.#before && performance.now() - this.#before.at < SEQUENCE_MS ? this.#before.code : undefined;
    this.#before = null;
    const all = this.#layers.toReversed().flat();
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    // What is written into may mean something by any key; the others mean nothing by one that is held with Ctrl or Alt.
    const isOwn = (own === ALL || plain) && own.test(event.code);
    const match = ({ code, shift, after, ctrl = false, alt = false, inFields = false }: Binding) =>
      (!isOwn || inFields) &&
      code + (shift ? '+' : '') === held &&
      after === before &&
      ctrl === (event.ctrlKey || event.metaKey) &&
      alt === event.altKey;
    for (const binding of all.filter(match)) {
      if (binding.run() === false) continue;
      event.preventDefault();
      return;
    }
    if (plain && !isOwn && before === undefined && all.some((binding) => binding.after === event.code)) {
      this.#before = { code: event.code, at: performance.now() };
    }
  }
}

export const keys = new Keys();
