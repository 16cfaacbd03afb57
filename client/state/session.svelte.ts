import type { Locale } from '@svodka/shared/contracts/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { Session, User } from '@svodka/shared/contracts/user';
import {
  type Action,
  type Actor,
  may,
  mayCreate,
  mayEdit,
  mayRemove,
  mayResolve,
} from '@svodka/shared/rules/permissions';
import { live } from '../api/live.ts';
import { ApiError, ask, askAs, KEYED_MS, whenUnauthenticated } from '../api/rest.ts';
import { i18n } from './i18n.svelte.ts';
import { onDevice } from './on-device.ts';
import { openOwn } from './own-storage.ts';
import { keepSeen, seenBy, seenLast } from './seen.ts';

/**
 * `checking` until the server has said who this is; `unreachable` when it cannot be asked. `ended`: was signed in,
 * and the session was ended from elsewhere.
 */
export type SessionState = 'checking' | 'unreachable' | 'out' | 'ended' | 'in';

/** How a page is left; replaced where there is none to leave. */
export const page = { leave: (address: string) => location.assign(address) };

const HINT = 'svodka.signed-in';
/** Instead of a person: whoever was here has signed out, and the server could not be told. */
const LEAVING = 'leaving';
/** A line may be dead without a word: a server that has not answered by then is taken to be out of reach, ms. */
const PATIENCE_MS = 5_000;
/** How often the server is asked while the page shows what was kept, ms. */
const AGAIN_MS = 4_000;

/** Who has signed in here; null: nobody, and the server need not be asked, and logs no refusal. */
function lastHere(): string | null {
  try {
    return localStorage.getItem(HINT);
  } catch {
    return '';
  }
}

function remember(who: Id | typeof LEAVING | null): void {
  try {
    if (who !== null) localStorage.setItem(HINT, who);
    else localStorage.removeItem(HINT);
  } catch {
    // Storage is switched off: the server is asked each time.
  }
}

class CurrentSession {
  #state = $state<SessionState>('checking');
  #session = $state.raw<Session | null>(null);
  /** Who has been signed in on this page so far. */
  #last: Id | null = null;
  #onEntered = new Set<(user: User) => void>();
  /** The server was not reached: this is who was here the last time, with what was read then. */
  #isKept = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The server has said who this is, or that it is nobody. */
  #isTold = false;
  #leaving: Promise<void> | null = null;

  constructor() {
    addEventListener('online', () => (this.#isKept || lastHere() === LEAVING) && void this.check());
    addEventListener('storage', ({ key, newValue }) => {
      // Whoever is here has signed out in another tab, of which the server cannot tell this one.
      if (key === HINT && newValue === LEAVING && this.user) page.leave('/');
    });
    whenUnauthenticated(() => this.#left('ended'));
    live.whenRefused(() => void this.check());
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Called with whoever is signed in, at once and whenever somebody has signed in. */
  onEntered(listener: (user: User) => void): () => void {
    this.#onEntered.add(listener);
    if (this.user) listener(this.user);
    return () => this.#onEntered.delete(listener);
  }

  get isKept(): boolean {
    return this.#isKept;
  }

  get user(): User | null {
    return this.#session?.user ?? null;
  }

  get server(): Session['server'] | null {
    return this.#session?.server ?? null;
  }

  /** Who asks, for the shared rules. */
  get actor(): Actor | null {
    return this.user;
  }

  may(action: Action): boolean {
    return this.actor !== null && may(this.actor, action);
  }

  mayCreate(type: EventType): boolean {
    return this.actor !== null && mayCreate(this.actor, type);
  }

  mayEdit(event: Parameters<typeof mayEdit>[1]): boolean {
    return this.actor !== null && mayEdit(this.actor, event);
  }

  mayResolve(event: Parameters<typeof mayResolve>[1]): boolean {
    return this.actor !== null && mayResolve(this.actor, event);
  }

  mayRemove(event: Parameters<typeof mayRemove>[1]): boolean {
    return this.actor !== null && mayRemove(this.actor, event);
  }

  /** Asks the server who this is; where it cannot be reached, whoever was here last goes on with what was kept. */
  async check(): Promise<void> {
    clearTimeout(this.#timer);
    const last = lastHere();
    if (this.#state === 'checking' && last === null) {
      this.#state = 'out';
      return;
    }
    void onDevice();
    if (last === LEAVING) {
      if (this.user) return page.leave('/');
      this.#leaving ??= this.#tellLeft();
      return this.#leaving;
    }
    // When the answer comes after all, it counts.
    const late = setTimeout(() => this.#state === 'checking' && void this.#goOn(last), PATIENCE_MS);
    try {
      await this.#entered(await ask('GET /session', { deadline: KEYED_MS }));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'unauthenticated') {
        // Asked twice at once, as a slow server has it, the second answer still finds that the session was ended.
        this.#left(this.#state === 'in' || this.#state === 'ended' ? 'ended' : 'out');
      } else if (this.#state !== 'in') await this.#goOn(last);
      if (this.#isKept) this.#timer = setTimeout(() => void this.check(), AGAIN_MS);
    } finally {
      clearTimeout(late);
    }
  }

  /** Whoever was here has signed out, and the server is to know. */
  async #tellLeft(): Promise<void> {
    try {
      await ask('DELETE /session', { deadline: PATIENCE_MS });
      remember(null);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'unauthenticated') remember(null);
    }
    this.#leaving = null;
    this.#state = 'out';
  }

  /** Throws `ApiError`. */
  async signIn(login: string, password: string): Promise<void> {
    // First: the answer to it takes the cookie away.
    if (lastHere() === LEAVING) await this.check();
    await this.#entered(await ask('POST /session', { body: { login, password } }));
  }

  /** Leaves a page that knows nothing of who was here; without a line the server is told later. Throws `ApiError`. */
  async signOut(): Promise<void> {
    let told: null | typeof LEAVING = null;
    try {
      await ask('DELETE /session', { deadline: PATIENCE_MS });
    } catch (error) {
      if (!(error instanceof ApiError && error.network)) throw error;
      told = LEAVING;
    }
    await this.#leave(told);
  }

  /** Ends every session of this person, this one too. */
  async signOutEverywhere(): Promise<void> {
    await ask('DELETE /sessions');
    await this.#leave(null);
  }

  async #leave(told: null | typeof LEAVING): Promise<void> {
    remember(told);
    await seenBy(null);
    page.leave('/');
  }

  /** Takes hold at once; the profile follows. Throws `ApiError` when it could not be saved. */
  async setLocale(locale: Locale): Promise<void> {
    i18n.setLocale(locale);
    if (this.#session) this.changed(await ask('PATCH /session/user', { body: { locale } }));
  }

  /** The profile as a form has saved it. */
  changed(user: User): void {
    if (!this.#session) return;
    this.#session = { ...this.#session, user };
    i18n.setLocale(user.locale);
    i18n.setZone(user.tz);
  }

  /** Without the server. */
  async #goOn(last: string | null): Promise<void> {
    const kept = last ? await seenLast<Session>('session', 'of', last) : null;
    // The server may have answered another question meanwhile.
    if (this.#isTold || this.#state === 'in') return;
    if (kept && Date.parse(kept.value.expiresAt) > Date.now()) await this.#entered(kept.value, true);
    else this.#state = 'unreachable';
  }

  async #entered(session: Session, isKept = false): Promise<void> {
    const { id } = session.user;
    // What the page holds is the other's; whoever comes begins with a page of their own.
    if (this.#last !== null && this.#last !== id) {
      remember(id);
      live.disconnect();
      page.leave('/');
      return;
    }
    this.#last = id;
    askAs(id);
    if (!isKept) this.#isTold = true;
    await openOwn(id);
    if (isKept && this.#isTold) return;
    this.#session = session;
    this.#isKept = isKept;
    i18n.setLocale(session.user.locale);
    i18n.setZone(session.user.tz);
    this.#state = 'in';
    remember(id);
    void seenBy(id);
    if (!isKept) {
      void keepSeen('session', 'of', session);
      live.connect();
    }
    for (const listener of this.#onEntered) listener(session.user);
  }

  #left(state: 'out' | 'ended'): void {
    if (state === 'ended' && this.#state !== 'in') return;
    // Somebody else may have signed in since, in another tab.
    if (this.#last === null || lastHere() === this.#last) remember(null);
    this.#isTold = true;
    void seenBy(null);
    live.disconnect();
    this.#isKept = false;
    this.#session = null;
    this.#state = state;
  }
}

export const session = new CurrentSession();
