// People at their desks, without a screen: the page's own state, held by another process (main.ts), on a line that the
// test can cut.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Id } from '@svodka/shared/contracts/id';
import { root } from '../app-process.ts';
import { Line } from './line.ts';
import type { Page } from './page.ts';

export type Asked = { n: number; desk: string; call: string; given: unknown[] };
export type Heard =
  | { isReady: true }
  /** The server has said yes to it. */
  | { desk: string; taken: Id }
  | { n: number; value?: unknown; error?: string };

export class Desks {
  readonly #waiting = new Map<number, { done(value: unknown): void; failed(error: Error): void }>();
  readonly #desks = new Map<string, Desk>();
  #asked = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (heard: Heard) => {
      if ('taken' in heard) this.#desks.get(heard.desk)?.taken.add(heard.taken);
      if (!('n' in heard)) return;
      const { done, failed } = this.#waiting.get(heard.n) ?? {};
      this.#waiting.delete(heard.n);
      if (heard.error === undefined) done?.(heard.value);
      else failed?.(new Error(heard.error));
    });
  }

  static async start(): Promise<Desks> {
    const child = fork(join(root, 'build/compiled/test/support/desks/main.js'), { cwd: root, execArgv: [] });
    const [heard] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (typeof heard === 'number') throw new Error(`the desks ended with ${heard}`);
    return new Desks(child);
  }

  /** Somebody sits down at a page of their own. @param to the server's address */
  async open(to: string, who: { login: string; password: string }, delayMs: () => number): Promise<Desk> {
    const line = await Line.open(to, delayMs);
    const name = `${who.login} ${this.#desks.size}`;
    const desk = new Desk(line, (call, ...given) => this.#ask({ n: ++this.#asked, desk: name, call, given }));
    this.#desks.set(name, desk);
    await desk.call('sit', line.url);
    await desk.ask('signIn', who.login, who.password);
    return desk;
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }

  #ask(asked: Asked): Promise<unknown> {
    return new Promise((done, failed) => {
      this.#waiting.set(asked.n, { done, failed });
      this.child.send(asked);
    });
  }
}

export class Desk {
  /** What the server has said yes to, on any page that this person has had. */
  readonly taken = new Set<Id>();

  constructor(
    readonly line: Line,
    readonly call: (what: string, ...given: unknown[]) => Promise<unknown>,
  ) {}

  ask<C extends keyof Page>(call: C, ...given: Parameters<Page[C]>): Promise<Awaited<ReturnType<Page[C]>>> {
    return this.call(call, ...given) as Promise<Awaited<ReturnType<Page[C]>>>;
  }

  /** The page is closed as by a power cut, and opened again. */
  async reload(): Promise<void> {
    await this.call('load');
    await this.ask('begin');
  }

  async close(): Promise<void> {
    await this.call('close');
    await this.line.close();
  }

  /** The line is whole again, and the browser has noticed. */
  async mend(): Promise<void> {
    this.line.mend();
    await this.call('online');
  }
}
