import { errorText } from './error-text.ts';

export type ToastAction = { label: string; run: () => void; quiet?: boolean };
export type Toast = {
  id: number;
  title: string;
  text?: string | undefined;
  /** What it says as one of several, under a title that says the rest. */
  brief?: string | undefined;
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
  /** Those of one group that stand at the same time are drawn as one. */
  group?: ToastGroup | undefined;
};

/** How several of a kind are said at once; `members` has the oldest first. */
export type ToastGroup = {
  key: string;
  sum: (members: readonly Toast[]) => Pick<Toast, 'title' | 'text' | 'icon' | 'color' | 'actions'>;
};

const LASTS_MS = 6000;
/** More than this is a wall and not a word. */
export const MOST_TOASTS = 3;

/**
 * What floats in the corner for a while. Time stops while the pointer is over the stack. Each is kept on its own;
 * what is drawn (`items`) has a group as one, under the id of its oldest member.
 */
class Toasts {
  #all = $state.raw<Toast[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 1;
  #held = false;

  #drawn = $derived(grouped(this.#all));

  get items(): readonly Toast[] {
    return this.#drawn.map(({ toast }) => toast);
  }

  show(toast: Omit<Toast, 'id'>): number {
    const id = this.#next++;
    this.#drop(this.#all.filter((each) => toast.key !== undefined && each.key === toast.key));
    this.#all = [...this.#all, { ...toast, id }];
    while (this.#drawn.length > MOST_TOASTS) {
      // What went wrong is kept the longest.
      const others = this.#drawn.slice(0, -1);
      const least = others.find(({ toast: { tone } }) => tone !== 'critical') ?? others[0];
      this.#drop(least?.members ?? []);
    }
    // A group lasts as long as its newest member.
    for (const each of this.#membersOf(id)) this.#start(each);
    return id;
  }

  /** Does something whose failure is said and stops nothing. */
  attempt = (what: Promise<unknown>): void => void what.catch(this.fail);

  /** Says what went wrong. */
  fail = (error: unknown): void => {
    this.show({ title: errorText(error), tone: 'critical' });
  };

  close(id: number): void {
    this.#drop(this.#membersOf(id));
  }

  /** Takes one away, and leaves those that it is drawn together with. */
  closeKey(key: string): void {
    this.#drop(this.#all.filter((each) => each.key === key));
  }

  act(toast: Toast, action: ToastAction): void {
    this.#drop(this.#membersOf(toast.id));
    action.run();
  }

  hold(held: boolean): void {
    this.#held = held;
    for (const toast of this.#all) {
      if (held) this.#forget(toast.id);
      else this.#start(toast);
    }
  }

  /** The toasts that are drawn together with this one, itself among them. */
  #membersOf(id: number): readonly Toast[] {
    return this.#drawn.find(({ members }) => members.some((each) => each.id === id))?.members ?? [];
  }

  #start(toast: Toast): void {
    this.#forget(toast.id);
    if (this.#held || toast.lastsMs === null) return;
    this.#timers.set(
      toast.id,
      setTimeout(() => this.close(toast.id), toast.lastsMs ?? LASTS_MS),
    );
  }

  #forget(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  #drop(gone: readonly Toast[]): void {
    for (const { id } of gone) this.#forget(id);
    this.#all = this.#all.filter((each) => !gone.includes(each));
  }
}

type Drawn = { toast: Toast; members: readonly Toast[] };

function grouped(all: readonly Toast[]): Drawn[] {
  const groups = new Map<string, Toast[]>();
  for (const toast of all) {
    const key = toast.group ? `group ${toast.group.key}` : `${toast.id}`;
    groups.set(key, [...(groups.get(key) ?? []), toast]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    const newest = members.at(-1);
    if (!first || !newest) return [];
    return {
      members,
      toast:
        newest.group && members.length > 1
          ? { ...newest, ...newest.group.sum(members), id: first.id }
          : newest,
    };
  });
}

export const toasts = new Toasts();
