import type { OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { RepeatedPass } from '../platform/repeated-pass.ts';
import type { Change, ChangeListener } from './change.ts';
import type { ChangeBus } from './change-bus.ts';

/**
 * Something that follows from what is stored alone and is looked at over and over: at start, at an interval, and when the
 * change log tells of what it is about. It may run anywhere any number of times.
 */
export abstract class Watch implements ChangeListener, OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  abstract readonly collections: readonly string[];
  protected readonly pass: RepeatedPass;

  /** @param failed hears why a look that nobody waited for has failed; the next one repeats it */
  constructor(
    private readonly changes: ChangeBus,
    private readonly everyMs: number,
    failed: (error: unknown) => void,
  ) {
    this.pass = new RepeatedPass(() => this.look(), failed);
  }

  /** Looks at everything once; between two steps it asks `pass.isStopped`. */
  protected abstract look(): Promise<void>;

  /** Asks for a look where a change may matter, and does not keep the push of the change waiting. */
  abstract see(change: Change): void;

  /** Resolves when everything has been looked at. Asked while it runs, it looks once more. */
  run(): Promise<void> {
    return this.pass.run();
  }

  onModuleInit(): void {
    this.changes.register(this);
  }

  onApplicationBootstrap(): void {
    this.pass.start(this.everyMs);
  }

  async onModuleDestroy(): Promise<void> {
    await this.pass.stop();
  }
}
