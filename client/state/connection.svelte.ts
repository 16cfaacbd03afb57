import { type LinkState, live } from '../api/live.ts';

/** The truth about the connection in one word. `catching-up`: connected, and what was missed is still being fetched. */
export type ConnectionWord = 'connecting' | 'online' | 'catching-up' | 'offline';

/** A line that comes back within this was never away: a page that is left, a server that takes a second try, ms. */
const SAID_AFTER_MS = 1_000;

class Connection {
  #link = $state<LinkState>(live.state);
  #everOnline = $state(false);
  /** The line has been away for as long as that is worth a word. */
  #isAway = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #behind = $state(0);
  #pending = $state(0);
  #asOf = $state<number | null>(null);

  constructor() {
    this.#awaySoon();
    live.onState((state) => {
      if (this.#link === 'online') this.#asOf = Date.now();
      this.#link = state;
      if (state === 'online') {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#isAway = false;
      } else this.#awaySoon();
      if (state === 'online') this.#everOnline = true;
      else this.#pending = 0;
    });
  }

  get word(): ConnectionWord {
    if (this.#link === 'online') return this.#pending > 0 || this.#behind > 0 ? 'catching-up' : 'online';
    const isOff = this.#everOnline || this.#link === 'offline';
    return this.#isAway && isOff ? 'offline' : 'connecting';
  }

  #awaySoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#isAway = true;
    }, SAID_AFTER_MS);
  }

  /** Without a line: of when that is what the screen shows, ms. Null while it shows nothing. */
  get asOf(): number | null {
    return this.#asOf;
  }

  /** A screen begins with what was kept on the device at that instant. */
  showsKept(at: number): void {
    if (this.#link !== 'online') this.#asOf = at;
  }

  /** Changes that have arrived and are not yet on the screen; 0 while their number is not known. */
  get behind(): number {
    return this.#behind;
  }

  /** A feed says that it has begun to catch up; call the result when it has. */
  catchUp(): () => void {
    this.#pending++;
    let open = true;
    return () => {
      if (open) this.#pending = Math.max(0, this.#pending - 1);
      open = false;
    };
  }

  setBehind(changes: number): void {
    this.#behind = changes;
  }
}

export const connection = new Connection();
