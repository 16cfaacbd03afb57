import type { Change } from './change.ts';

/** Changes that are held for whoever is a little behind; further back a stream of one's own reads. */
const MOST = 5_000;
const AT_ONCE = 200;

/** What came after a place: changes, or the word that the log was read so far and had none. */
type News = { changes: Change[]; quiet: string | null };

/**
 * What the bus has just read of the log, for those of the same process who follow from a stored place and have come as
 * far: the store then sends each change once, and it is decoded once. Whoever falls too far behind, and everybody when
 * the stream of the bus breaks, reads on by a stream of their own until they have caught up again.
 */
export class RecentLog {
  #entries: Change[] = [];
  /** Everything after this token is here, as far as the stream has come. */
  #floor = '';
  #head = '';
  #quiet = '';
  #isOpen = false;
  #collections: readonly string[] = [];
  #waiting: (() => void)[] = [];

  /** The stream stands at `token` and brings these collections. */
  begin(token: string, collections: readonly string[]): void {
    if (token < this.#floor || token > this.#head) {
      this.#entries = [];
      this.#floor = token;
      this.#head = token;
    }
    this.#collections = collections;
    this.#isOpen = true;
  }

  push(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.token <= this.#head) continue; // a batch that failed comes again
      this.#entries.push(change);
      this.#head = change.token;
    }
    if (this.#entries.length > 2 * MOST) {
      const gone = this.#entries.splice(0, this.#entries.length - MOST);
      this.#floor = gone.at(-1)?.token ?? this.#floor;
    }
    this.wake();
  }

  quiet(token: string): void {
    if (token > this.#head) this.#head = token;
    this.#quiet = token;
    this.wake();
  }

  broken(): void {
    this.#isOpen = false;
    this.wake();
  }

  /** Whether it can be gone on from a token here. */
  reaches(token: string, collections: readonly string[]): boolean {
    return (
      this.#isOpen && token >= this.#floor && collections.every((one) => this.#collections.includes(one))
    );
  }

  /** Waits for what comes after a token. Null: it is to be read elsewhere, or the wait was ended. */
  async after(token: string, signal: AbortSignal): Promise<News | null> {
    for (;;) {
      if (signal.aborted || !this.#isOpen || token < this.#floor) return null;
      const changes = this.#from(token);
      if (changes.length > 0) return { changes, quiet: null };
      if (this.#quiet > token) return { changes, quiet: this.#quiet };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Lets everybody look again. */
  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #from(token: string): Change[] {
    let at = this.#entries.length;
    while (at > 0 && (this.#entries[at - 1] as Change).token > token) at--;
    return this.#entries.slice(at, at + AT_ONCE);
  }
}
