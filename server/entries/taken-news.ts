import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import type { Entry } from './entry.ts';
import { Withheld } from './withheld.ts';

/**
 * Takes what was taken from somebody out of their scope before any frame of a later commit (F21 of the feeds), and
 * says so to those who show it: the scope is another one from now on, and once the events are rewritten the usual one.
 */
@Injectable()
export class TakenNews implements ChangeListener, OnModuleInit {
  readonly collections = ['projects', 'counterparties'] as const;
  readonly #showing: ((userId: Id) => void)[] = [];

  constructor(
    private readonly withheld: Withheld,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  /** @param hear is told of each person whose scope has changed, when the new one is in force */
  onTaken(hear: (userId: Id) => void): void {
    this.#showing.push(hear);
  }

  see({ collection, id, before, after }: Change): void {
    const [was, is] = [before, after] as (Entry | null)[];
    const kind = collection as 'projects' | 'counterparties';
    this.withheld.note(kind, is ?? { _id: id, version: Number.MAX_SAFE_INTEGER });
    const [then, now] = [new Set(was?.taken), new Set(is?.taken)];
    for (const userId of new Set([...then, ...now])) {
      if (then.has(userId) !== now.has(userId)) for (const hear of this.#showing) hear(userId);
    }
  }

  /** What the lost part of the log said is read from the entries. */
  anew(): Promise<void> {
    return this.withheld.load();
  }
}
