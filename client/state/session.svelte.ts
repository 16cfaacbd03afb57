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
import { ApiError, ask, askAs, whenUnauthenticated } from '../api/rest.ts';
import { i18n } from './i18n.svelte.ts';

/**
 * `checking` until the server has said who this is; `unreachable` when it cannot be asked. `ended`: was signed in,
 * and the session was ended from elsewhere.
 */
export type SessionState = 'checking' | 'unreachable' | 'out' | 'ended' | 'in';

/** How a page is left; replaced where there is none to leave. */
export const page = { leave: (address: string) => location.assign(address) };

const HINT = 'svodka.signed-in';

/** Whether somebody has signed in here: without that the server need not be asked, and logs no refusal. */
function mayBeIn(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true;
  }
}

function remember(isIn: boolean): void {
  try {
    if (isIn) localStorage.setItem(HINT, '1');
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

  constructor() {
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

  /** Asks the server who this is. */
  async check(): Promise<void> {
    if (this.#state === 'checking' && !mayBeIn()) {
      this.#state = 'out';
      return;
    }
    try {
      this.#entered(await ask('GET /session'));
    } catch (error) {
      if (error instanceof ApiError && error.code === 'unauthenticated') {
        // Asked twice at once, as a slow server has it, the second answer still finds that the session was ended.
        this.#left(this.#state === 'in' || this.#state === 'ended' ? 'ended' : 'out');
      } else if (this.#state !== 'in') this.#state = 'unreachable';
    }
  }

  /** Throws `ApiError`. */
  async signIn(login: string, password: string): Promise<void> {
    this.#entered(await ask('POST /session', { body: { login, password } }));
  }

  /** Leaves a page that knows nothing of who was here. Throws `ApiError`. */
  async signOut(): Promise<void> {
    await ask('DELETE /session');
    remember(false);
    page.leave('/');
  }

  /** Ends every session of this person, this one too. */
  async signOutEverywhere(): Promise<void> {
    await ask('DELETE /sessions');
    remember(false);
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

  #entered(session: Session): void {
    // What the page holds is the other's; whoever comes begins with a page of their own.
    if (this.#last !== null && this.#last !== session.user.id) {
      remember(true);
      live.disconnect();
      page.leave('/');
      return;
    }
    this.#last = session.user.id;
    askAs(session.user.id);
    this.#session = session;
    i18n.setLocale(session.user.locale);
    i18n.setZone(session.user.tz);
    this.#state = 'in';
    remember(true);
    live.connect();
    for (const listener of this.#onEntered) listener(session.user);
  }

  #left(state: 'out' | 'ended'): void {
    if (state === 'ended' && this.#state !== 'in') return;
    remember(false);
    live.disconnect();
    this.#session = null;
    this.#state = state;
  }
}

export const session = new CurrentSession();
