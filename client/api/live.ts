// The one socket of the page. Order: connect() after sign-in; every standing thing (feeds, counts, discussions)
// is opened again by whoever owns it when `onConnect` fires, because the server forgets it with the socket.
import type { CutReason, ErrorBody } from '@svodka/shared/contracts/errors';
import type { Ack, ClientToServer, ServerToClient } from '@svodka/shared/feed/socket';
import { io, type Socket } from 'socket.io-client';
import { ApiError } from './rest.ts';

/** What an ask is answered with when all is well. */
type Answer<E extends keyof ClientToServer> =
  Parameters<ClientToServer[E]>[1] extends Ack<infer T> ? T : never;

export type LinkState = 'connecting' | 'online' | 'offline';

type Handlers = { [E in keyof ServerToClient]?: Set<ServerToClient[E]> };

const ASK_TIMEOUT_MS = 15_000;
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 10_000;

/** Grows twofold up to ten seconds, spread over half of itself, so that a crowd does not come back at once. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return full / 2 + random() * (full / 2);
}

class Live {
  #socket: Socket<ServerToClient, ClientToServer> | null = null;
  #handlers: Handlers = {};
  #stateListeners = new Set<(state: LinkState) => void>();
  #refused: () => void = () => {};
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wanted = false;
  state: LinkState = 'offline';

  /** Called when the server refuses or ends the session of the socket; the answer to "who am I" decides what is next. */
  whenRefused(handler: () => void): void {
    this.#refused = handler;
  }

  onState(listener: (state: LinkState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Fires at every new connection, at once if there is one already. */
  onConnect(listener: () => void): () => void {
    if (this.state === 'online') listener();
    return this.onState((state) => state === 'online' && listener());
  }

  on<E extends keyof ServerToClient>(event: E, handler: ServerToClient[E]): () => void {
    this.#handlers[event] ??= new Set() as never;
    const handlers = this.#handlers[event] as Set<ServerToClient[E]>;
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  connect(): void {
    this.#wanted = true;
    if (this.#socket) return;
    const socket: Socket<ServerToClient, ClientToServer> = io({
      transports: ['websocket'],
      reconnection: false, // ours: the library gives up on a refusal, and its delay does not spread enough
      withCredentials: true,
      timeout: 10_000,
    });
    this.#socket = socket;
    this.#become('connecting');
    socket.on('connect', () => {
      this.#attempt = 0;
      this.#become('online');
    });
    socket.on('connect_error', (error) => {
      const refusal = (error as { data?: Partial<ErrorBody> }).data?.error?.code;
      this.#become('offline');
      if (refusal === 'unauthenticated' || refusal === 'forbidden') this.#refused();
      this.#again();
    });
    socket.on('disconnect', () => {
      this.#become('offline');
      this.#again();
    });
    socket.on('session.ended', ({ reason }: { reason: CutReason }) => {
      // With `reload`, what this person may do has changed.
      if (reason !== 'slow') this.#refused();
    });
    (socket as Socket).onAny((event: string, fact: unknown) => {
      const handlers = this.#handlers[event as keyof ServerToClient] as
        | Set<(fact: unknown) => void>
        | undefined;
      for (const handler of handlers ?? []) handler(fact);
    });
    window.addEventListener('online', this.#soon);
    document.addEventListener('visibilitychange', this.#soon);
  }

  disconnect(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
    window.removeEventListener('online', this.#soon);
    document.removeEventListener('visibilitychange', this.#soon);
    this.#socket?.removeAllListeners();
    this.#socket?.disconnect();
    this.#socket = null;
    this.#become('offline');
  }

  /** Asks and waits for the ack. Throws `ApiError`; `network` when the connection broke or nothing came in time. */
  async ask<E extends keyof ClientToServer>(
    event: E,
    body: Parameters<ClientToServer[E]>[0],
  ): Promise<Answer<E>> {
    const socket = this.#socket as Socket | null;
    if (!socket?.connected) throw new ApiError({ code: 'unavailable', message: '' }, true);
    let answer: ({ ok: true } & Answer<E>) | ({ ok: false } & ErrorBody);
    try {
      answer = await socket.timeout(ASK_TIMEOUT_MS).emitWithAck(event, body);
    } catch {
      throw new ApiError({ code: 'unavailable', message: '' }, true);
    }
    if (answer.ok) return answer;
    throw new ApiError(answer.error);
  }

  /** The page was shown or the network came back: no reason to wait longer. */
  #soon = () => {
    if (document.visibilityState !== 'visible' || this.state !== 'offline' || !this.#wanted) return;
    this.#attempt = 0;
    clearTimeout(this.#timer);
    this.#open();
  };

  #again(): void {
    if (!this.#wanted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), retryDelay(this.#attempt++));
  }

  #open(): void {
    if (!this.#wanted || !this.#socket || this.#socket.connected) return;
    this.#become('connecting');
    this.#socket.connect();
  }

  #become(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of [...this.#stateListeners]) listener(state);
  }
}

export const live = new Live();
