import { type LinkState, live } from '../api/live.ts';

/** The truth about the connection in one word. `catching-up`: connected, and what was missed is still being fetched. */
export type ConnectionWord = 'connecting' | 'online' | 'catching-up' | 'offline';

class Connection {
  #link = $state<LinkState>(live.state);
  #everOnline = $state(false);
  #behind = $state(0);
  #pending = $state(0);
  #asOf = $state<number | null>(null);

  constructor() {
    live.onState((state) => {
      if (this.#link === 'online') this.#asOf = Date.now();
      this.#link = state;
      if (state === 'online') this.#everOnline = true;
      else this.#pending = 0;
    });
  }

  get word(): ConnectionWord {
    if (this.#link === 'online') return this.#pending > 0 || this.#behind > 0 ? 'catching-up' : 'online';
    return this.#everOnline || this.#link === 'offline' ? 'offline' : 'connecting';
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
