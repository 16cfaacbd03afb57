export type ToastAction = { label: string; run: () => void; quiet?: boolean };
export type Toast = {
  id: number;
  title: string;
  text?: string | undefined;
  tone?: 'plain' | 'ok' | 'critical' | undefined;
  /** A lucide component; the tone's own otherwise. */
  icon?: unknown;
  /** A CSS colour for the icon, such as that of a module. */
  color?: string | undefined;
  actions?: ToastAction[] | undefined;
  /** Replaces a toast of the same key instead of standing beside it. */
  key?: string | undefined;
  /** Stays until closed when null. */
  lastsMs?: number | null | undefined;
  /** Runs when it goes by itself or is closed, not when an action was chosen. */
  onGone?: (() => void) | undefined;
};

const LASTS_MS = 6000;
const MOST = 4;

/** What floats in the corner for a while. Time stops while the pointer is over the stack. */
class Toasts {
  #items = $state.raw<Toast[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 1;
  #held = false;

  get items(): readonly Toast[] {
    return this.#items;
  }

  show(toast: Omit<Toast, 'id'>): number {
    const id = this.#next++;
    const others = this.#items.filter((each) => {
      if (toast.key === undefined || each.key !== toast.key) return true;
      this.#forget(each.id);
      return false;
    });
    while (others.length >= MOST) {
      const oldest = others.shift();
      if (oldest) this.#end(oldest);
    }
    this.#items = [...others, { ...toast, id }];
    this.#start(id);
    return id;
  }

  close(id: number): void {
    const toast = this.#items.find((each) => each.id === id);
    if (toast) this.#end(toast);
  }

  act(toast: Toast, action: ToastAction): void {
    this.#forget(toast.id);
    this.#items = this.#items.filter((each) => each.id !== toast.id);
    action.run();
  }

  hold(held: boolean): void {
    this.#held = held;
    for (const { id } of this.#items) {
      if (held) this.#forget(id);
      else this.#start(id);
    }
  }

  #start(id: number): void {
    const toast = this.#items.find((each) => each.id === id);
    if (!toast || this.#held || toast.lastsMs === null) return;
    this.#forget(id);
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), toast.lastsMs ?? LASTS_MS),
    );
  }

  #forget(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  #end(toast: Toast): void {
    this.#forget(toast.id);
    this.#items = this.#items.filter((each) => each.id !== toast.id);
    toast.onGone?.();
  }
}

export const toasts = new Toasts();
