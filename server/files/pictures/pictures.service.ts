import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { Logger } from '../../platform/logger/logger.ts';
import type { Picture, Seen, Task } from './look.ts';

/** How long one look may take, ms; a picture of 100 million pixels takes 4 s on a slow core. */
const PATIENCE_MS = 30_000;
/** A process that nobody has asked for so long ends, ms. */
const IDLE_MS = 60_000;
/** Looks that wait for their turn; each holds its picture. */
const MOST_WAITING = 12;

/** The built program; from sources (tests) it lies in the build folder. */
function programPath(): string {
  const beside = join(import.meta.dirname, 'main.js');
  return existsSync(beside)
    ? beside
    : join(import.meta.dirname, '../../../build/server/files/pictures/main.js');
}

/**
 * Looks at files in a process of its own, one after the other. One that dies over a file, or takes too long, takes only
 * that file with it.
 */
@Injectable()
export class Pictures implements OnModuleDestroy {
  readonly #log: Logger;
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(logger: Logger) {
    this.#log = logger.child({ room: 'files' });
  }

  onModuleDestroy(): void {
    this.#end();
  }

  /** By its first bytes; null: of no kind that is known. */
  async typeOf(head: Uint8Array): Promise<string | null> {
    const seen = await this.#look({ kind: 'type', head });
    return seen.kind === 'type' ? seen.mime : null;
  }

  /** @throws AppError `unsupported-media` for what is no whole picture, `too-large` for too many pixels */
  async picture(bytes: Uint8Array, mime: string): Promise<Picture> {
    const seen = await this.#look({ kind: 'picture', bytes, mime });
    if (seen.kind === 'picture') return seen.picture;
    const why = seen.kind === 'refused' ? seen.why : 'broken-picture';
    throw new AppError(why === 'too-many-pixels' ? 'too-large' : 'unsupported-media', `#${why}`);
  }

  #look(task: Task): Promise<Seen> {
    if (this.#waiting >= MOST_WAITING)
      throw new AppError('rate-limited', '#upload-quota', [], { retryAfter: 5 });
    this.#waiting++;
    const seen = this.#turn.then(() => this.#ask(task));
    this.#turn = seen.catch(() => undefined);
    return seen.finally(() => {
      this.#waiting--;
    });
  }

  #ask(task: Task): Promise<Seen> {
    clearTimeout(this.#idle);
    const child = this.#child ?? this.#start();
    return new Promise<Seen>((resolve) => {
      const answer = (seen: Seen) => {
        clearTimeout(late);
        child.off('message', answer);
        child.off('exit', died);
        this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
        resolve(seen);
      };
      const died = () => {
        this.#log.warn('the process that looks at files died over one', { task: task.kind });
        if (this.#child === child) this.#child = null;
        answer({ kind: 'refused', why: 'broken-picture' });
      };
      const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      child.on('message', answer);
      child.on('exit', died);
      child.send(task, (error) => {
        if (error) child.kill('SIGKILL');
      });
    });
  }

  #start(): ChildProcess {
    const child = fork(programPath(), [], {
      execArgv: [],
      // It has no business with anybody's settings and secrets.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('error', (err) => {
      this.#log.warn('the process that looks at files could not be reached', { err });
      child.kill('SIGKILL');
    });
    this.#child = child;
    return child;
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }
}
