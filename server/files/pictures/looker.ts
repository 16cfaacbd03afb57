import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../platform/logger/logger.ts';
import type { Seen, Task } from './look.ts';

/** How long one look may take, ms; a picture of the most points takes 4 s on a slow core. */
const PATIENCE_MS = 20_000;
/** A process that nobody has asked for so long ends, ms. */
const IDLE_MS = 60_000;

/** The built program; from sources (tests) it lies in the build folder. */
function programPath(): string {
  const beside = join(import.meta.dirname, 'main.js');
  return existsSync(beside)
    ? beside
    : join(import.meta.dirname, '../../../build/server/files/pictures/main.js');
}

/** A process in which files are looked at. One that dies over a file, or takes too long, takes only that file with it. */
export class Looker {
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(private readonly log: Logger) {}

  /** One at a time. */
  ask(task: Task): Promise<Seen> {
    clearTimeout(this.#idle);
    const child = this.#child ?? this.#start();
    return new Promise<Seen>((resolve) => {
      const answer = (seen: Seen) => {
        clearTimeout(late);
        child.off('message', answer);
        child.off('exit', died);
        this.#idle = setTimeout(() => this.end(), IDLE_MS).unref();
        resolve(seen);
      };
      const died = () => {
        this.log.warn('the process that looks at files died over one', { task: task.kind });
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

  end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = null;
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
      this.log.warn('the process that looks at files could not be reached', { err });
      child.kill('SIGKILL');
    });
    this.#child = child;
    return child;
  }
}
