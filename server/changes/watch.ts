import type { OnModuleInit } from '@nestjs/common';
import { RepeatedPass } from '../platform/repeated-pass.ts';
import type { Change, ChangeListener } from './change.ts';
import type { ChangeBus } from './change-bus.ts';

/** Something that is looked at over and over, and when the change log tells of what it is about. */
export abstract class Watch extends RepeatedPass implements ChangeListener, OnModuleInit {
  abstract readonly collections: readonly string[];

  constructor(
    private readonly changes: ChangeBus,
    everyMs: number,
    failed: (error: unknown) => void,
  ) {
    super(everyMs, failed);
  }

  /** Asks for a look where a change may matter, and does not keep the push of the change waiting. */
  abstract see(change: Change): void;

  onModuleInit(): void {
    this.changes.register(this);
  }
}
