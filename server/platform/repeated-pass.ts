import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';

/**
 * Work that follows from what is stored alone, and is done over and over: at start, at an interval, and when asked. One
 * pass runs at a time; asked while it runs, it looks once more.
 */
export abstract class RepeatedPass implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isAskedAgain = false;
  #isStopped = false;

  /** @param failed hears why a pass that nobody waited for has failed; the next one repeats it */
  constructor(
    private readonly everyMs: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Looks at everything once; between two steps it asks `isStopped`. */
  protected abstract look(): Promise<void>;

  protected get isStopped(): boolean {
    return this.#isStopped;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.soon(), this.everyMs).unref();
    this.soon();
  }

  /** Ends after the pass under way. */
  async onModuleDestroy(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#running?.catch(() => undefined);
  }

  /** Resolves when everything has been looked at. */
  run(): Promise<void> {
    if (this.#running) {
      this.#isAskedAgain = true;
      return this.#running;
    }
    this.#running = this.#all().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** As `run`, for those who do not wait. */
  protected soon(): void {
    if (!this.#isStopped) void this.run().catch((error: unknown) => this.failed(error));
  }

  async #all(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      await this.look();
    } while (this.#isAskedAgain && !this.#isStopped);
  }
}
