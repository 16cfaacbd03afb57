/**
 * Keeps the store running as a child process: a native abort of the storage engine must not take the server with
 * it. A child that ends unasked is started again at the same address, with growing pauses, so that drivers find
 * it again by themselves; one that ends again and again is given up, loudly.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { newPassword } from './commands/credentials.ts';
import type { StoreLogger } from './engine.ts';
import type { FromStore, ToStore } from './process-messages.ts';
import { newName } from './storage/history.ts';
import { privatePlace, type SocketPlace } from './wire/socket-place.ts';

export interface SupervisorOptions {
  /** Directory of the data; made when missing. */
  dir: string;
  logger?: StoreLogger;
}

/** The store could not be opened, or ended too often; `reason` is the name of the store's own error. */
export class StoreProcessError extends Error {
  override name = 'StoreProcessError';
  readonly reason: string;
  /** `code` of a file system error, if it was one. */
  readonly code: string | undefined;

  constructor(message: string, reason: string, code?: string) {
    super(message);
    this.reason = reason;
    this.code = code;
  }
}

export interface StoreProcessEvents {
  /** The child ended unasked and will be started again. */
  crashed: [{ code: number | null; signal: NodeJS.Signals | null }];
  /** The child is back. */
  restarted: [];
  /** The child ended too often in too short a time; nothing is tried any more. */
  failed: [StoreProcessError];
}

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;
/** A child that lived this long was well; its end counts as the first again. */
const SETTLED_MS = 60_000;
const MAX_QUICK_ENDS = 8;
const STOP_MS = 10_000;

/** The engine ended itself over what it read: unlike an end from outside, the next start would meet the same. */
const ABORTS = new Set<string>(['SIGABRT', 'SIGBUS', 'SIGSEGV', 'SIGILL', 'SIGTRAP']);

/** The built program; from sources (tests) it lies in the build folder. */
function programPath(): string {
  const beside = join(import.meta.dirname, 'main.js');
  return existsSync(beside) ? beside : join(import.meta.dirname, '../../build/server/embedded-mongo/main.js');
}

/** What any program needs of its surroundings; settings and secrets of the application are not the store's. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

export class EmbeddedStore extends EventEmitter<StoreProcessEvents> {
  readonly #options: SupervisorOptions;
  readonly #place: SocketPlace;
  #child: ChildProcess | undefined;
  readonly #password = newPassword();
  readonly #opening = newName();
  #uri = '';
  #stopping = false;
  #quickEnds = 0;
  #startedAt = 0;

  /**
   * Starts the store and waits until it answers.
   * @throws StoreProcessError when it cannot be opened (damaged, in use, of another format, not writable)
   */
  static async start(options: SupervisorOptions): Promise<EmbeddedStore> {
    const store = new EmbeddedStore(options);
    try {
      await store.#launch();
    } catch (error) {
      store.#place.clear();
      throw error;
    }
    return store;
  }

  private constructor(options: SupervisorOptions) {
    super();
    this.#options = options;
    this.#place = privatePlace();
  }

  /** Connection string, without a database; the same for the whole life. */
  get uri(): string {
    return this.#uri;
  }

  /** Process id of the present child; 0 while there is none. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Lets the last batch finish and ends the child. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      // It may be ending at this moment by itself; its exit is waited for in any case.
      if (child.connected) child.send({ kind: 'stop' } satisfies ToStore, () => {});
      else child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(patience);
    }
    this.#place.clear();
  }

  async #launch(): Promise<void> {
    const { listen } = this.#place;
    const where = 'socket' in listen ? ['--socket', listen.socket] : ['--port', String(listen.port)];
    const child = fork(programPath(), ['--dir', this.#options.dir, ...where], {
      // The flags of this process (of a test runner, of a debugger) are not the child's.
      execArgv: [],
      env: childEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // The engine writes its own lines there, and so does Node when the process dies of something.
    createInterface({ input: child.stderr as Readable }).on('line', (line) =>
      this.#options.logger?.warn?.('the process of the store printed', { line }),
    );
    this.#child = child;
    child.send({ kind: 'start', password: this.#password, opening: this.#opening } satisfies ToStore);
    this.#startedAt = Date.now();
    const uri = await this.#ready(child);
    this.#uri = uri;
    // A port that the system chose is kept for the restarts.
    if ('port' in listen) listen.port = Number(new URL(uri).port);
    child.once('exit', (code, signal) => void this.#ended(child, code, signal));
    if (child.exitCode !== null || child.signalCode !== null)
      void this.#ended(child, child.exitCode, child.signalCode);
  }

  #ready(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      child.on('message', (message: FromStore) => {
        if (message.kind === 'ready') resolve(message.uri);
        else if (message.kind === 'failed') {
          reject(new StoreProcessError(message.message, message.name, message.code));
        } else {
          this.#options.logger?.[message.level]?.(message.message, message.details);
        }
      });
      child.once('error', (error) => reject(new StoreProcessError(error.message, error.name)));
      child.once('exit', (code, signal) =>
        reject(
          new StoreProcessError(
            `the store ended while it started (${signal ?? code})`,
            signal && ABORTS.has(signal) ? 'StoreAborted' : 'StoreEnded',
          ),
        ),
      );
    });
  }

  async #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (this.#stopping || this.#child !== child) return;
    this.#child = undefined;
    this.#options.logger?.error?.('the store ended unasked and is started again', { code, signal });
    this.emit('crashed', { code, signal });
    for (;;) {
      this.#quickEnds = Date.now() - this.#startedAt > SETTLED_MS ? 1 : this.#quickEnds + 1;
      if (this.#quickEnds > MAX_QUICK_ENDS)
        return this.#giveUp('it ended too often in a short time', 'EndsTooOften');
      await delay(Math.min(FIRST_PAUSE_MS * 2 ** (this.#quickEnds - 1), LAST_PAUSE_MS));
      if (this.#stopping) return;
      try {
        await this.#launch();
        this.#options.logger?.info?.('the store is back');
        this.emit('restarted');
        return;
      } catch (error) {
        const { message, reason } = error as StoreProcessError;
        // Waiting does not mend a damaged file or a foreign format.
        if (reason !== 'StoreEnded') return this.#giveUp(message, reason);
      }
    }
  }

  #giveUp(why: string, reason: string): void {
    const error = new StoreProcessError(`the store could not be kept running: ${why}`, reason);
    this.#options.logger?.error?.(error.message);
    this.emit('failed', error);
  }
}
