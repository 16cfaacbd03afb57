// Since when somebody has not looked. A look lasts while the screen is in sight; who comes back soon has only been
// away from it, and finds what was new still new.
import { readOwn, writeOwn } from './own-storage.ts';
import { session } from './session.svelte.ts';

/** Away for less, nobody has left, ms. */
const AWAY_MS = 30 * 60_000;
/** Whoever has never looked is told of so much, ms. */
const FIRST_MS = 24 * 3_600_000;
const BEAT_MS = 60_000;

type Look = { since: string; until: string };

export class LastLook {
  readonly #name: string;
  readonly #off: (() => void)[] = [];
  /** What came after it is new. */
  since = $state('');

  constructor(name: string, now = Date.now()) {
    this.#name = `look.${name}`;
    const last = session.user && readOwn<Look>(session.user.id, this.#name);
    this.since = last
      ? now - Date.parse(last.until) > AWAY_MS
        ? last.until
        : last.since
      : new Date(now - FIRST_MS).toISOString();
    const timer = setInterval(() => this.#beat(), BEAT_MS);
    const hidden = () => this.#keep();
    document.addEventListener('visibilitychange', hidden);
    addEventListener('pagehide', hidden);
    this.#off.push(
      () => clearInterval(timer),
      () => document.removeEventListener('visibilitychange', hidden),
      () => removeEventListener('pagehide', hidden),
    );
    this.#keep(now);
  }

  /** All that there is has been seen. */
  seen(now = Date.now()): void {
    this.since = new Date(now).toISOString();
    this.#keep(now);
  }

  close(): void {
    for (const off of this.#off) off();
    this.#keep();
  }

  #beat(): void {
    if (document.visibilityState === 'visible') this.#keep();
  }

  #keep(now = Date.now()): void {
    const look: Look = { since: this.since, until: new Date(now).toISOString() };
    if (session.user) writeOwn(session.user.id, this.#name, look);
  }
}
