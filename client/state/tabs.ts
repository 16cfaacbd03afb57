// Which tab of this browser this is, and which others are open. A tab keeps its name over a reload; one that was made as a
// copy of another takes a new one. Tabs ask each other who is there: what has ended without a word answers nothing.
import { type Id, isId, newId } from '@svodka/shared/contracts/id';

const NAME = 'svodka.tab';
/** Tabs answer within that, ms: one in the background takes its time. */
const ANSWERED_MS = 1_500;

type Said = { kind: 'who' | 'here' | 'gone'; tab: Id; page: Id };
/** A `BroadcastChannel`, as far as it is used. */
export type Channel = {
  postMessage(said: Said): void;
  onmessage: ((event: MessageEvent<Said>) => void) | null;
};

export class Tabs {
  /** Of this page alone: a copied tab has the name of the other. */
  readonly #page = newId();
  #id: Id;
  /** The others, and in which round of asking each was last heard. */
  readonly #heard = new Map<Id, number>();
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly channel: Channel | null,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null,
  ) {
    this.#id = this.#kept() ?? newId();
    this.#keep();
    if (channel) channel.onmessage = ({ data }) => this.#hear(data);
    this.#say('who');
  }

  get id(): Id {
    return this.#id;
  }

  isOpen(tab: Id): boolean {
    return tab === this.#id || this.#heard.has(tab);
  }

  /** Asks anew who is there; until all may have answered, it is those of before. */
  ask(): void {
    if (!this.channel || this.#timer !== undefined) return;
    const round = ++this.#round;
    this.#say('who');
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const [tab, last] of this.#heard) if (last < round) this.#heard.delete(tab);
    }, ANSWERED_MS);
  }

  come(): void {
    this.#say('here');
  }

  leave(): void {
    this.#say('gone');
  }

  #hear({ kind, tab, page }: Said): void {
    if (tab === this.#id) {
      // Whoever was there first keeps the name.
      if (kind === 'here' && page < this.#page) {
        this.#id = newId();
        this.#keep();
        this.#say('who');
      } else if (kind === 'here' && page > this.#page) this.#say('here');
    } else if (kind === 'gone') this.#heard.delete(tab);
    else this.#heard.set(tab, this.#round);
    if (kind === 'who') this.#say('here');
  }

  #say(kind: Said['kind']): void {
    this.channel?.postMessage({ kind, tab: this.#id, page: this.#page });
  }

  #kept(): Id | null {
    try {
      const kept = this.storage?.getItem(NAME);
      return kept && isId(kept) ? kept : null;
    } catch {
      return null;
    }
  }

  #keep(): void {
    try {
      this.storage?.setItem(NAME, this.#id);
    } catch {
      // Storage is switched off: after a reload it is another tab.
    }
  }
}

function storageOfTab(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function channelOfTabs(): Channel | null {
  return 'BroadcastChannel' in globalThis ? (new BroadcastChannel('svodka.tabs') as Channel) : null;
}

export const tabs = new Tabs(channelOfTabs(), storageOfTab());
addEventListener('pagehide', () => tabs.leave());
addEventListener('pageshow', () => tabs.come());
addEventListener('focus', () => tabs.ask());
