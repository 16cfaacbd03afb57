import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ClientsAsk, ClientsSay } from './clients.ts';

type Said<S extends ClientsSay['say']> = Extract<ClientsSay, { say: S }>;

/** The process of the sockets, seen from the writer's. */
export class Audience {
  readonly #process: ChildProcess = fork(join(import.meta.dirname, 'clients.js'));
  /** Deliveries of the run so far, and when the last of them came, ms since 1970. */
  received = 0;
  lastAt = 0;

  constructor() {
    this.#process.on('message', (message: ClientsSay) => {
      if (message.say !== 'received') return;
      this.received = message.n;
      this.lastAt = message.at;
    });
  }

  open(ask: Omit<Extract<ClientsAsk, { do: 'open' }>, 'do'>): Promise<unknown> {
    return this.#ask({ do: 'open', ...ask }, 'opened');
  }

  async begin(isTimed: boolean): Promise<void> {
    await this.#ask({ do: 'begin', isTimed }, 'begun');
    this.received = 0;
  }

  report(): Promise<Said<'report'>> {
    return this.#ask({ do: 'report' }, 'report');
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.send({ do: 'end' } satisfies ClientsAsk);
    await ended;
  }

  #ask<S extends ClientsSay['say']>(ask: ClientsAsk, answer: S): Promise<Said<S>> {
    return new Promise((resolve, reject) => {
      const died = (code: number | null) => reject(new Error(`the clients ended with ${code}`));
      const hear = (message: ClientsSay) => {
        if (message.say !== answer) return;
        this.#process.off('message', hear);
        this.#process.off('exit', died);
        resolve(message as Said<S>);
      };
      this.#process.on('message', hear);
      this.#process.once('exit', died);
      this.#process.send(ask);
    });
  }
}
