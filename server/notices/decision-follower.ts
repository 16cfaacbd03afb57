import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Change, without } from '../changes/change.ts';
import { Followers } from '../changes/followers.ts';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { DecisionsService } from './decisions.service.ts';

const HEARS = { collections: ['events', 'comments'], kinds: ['insert', 'update', 'replace'] } as const;
const PIPELINE = [
  { $match: { 'ns.coll': { $in: HEARS.collections }, operationType: { $in: HEARS.kinds } } },
  without('revisions'),
];

/**
 * Follows the change log for the decisions, from where they stopped (SPEC N7). Ids make a repetition harmless. It is
 * not the bus: that one starts at the present, and a decision must not be lost with the node that was about to make it.
 */
@Injectable()
export class DecisionFollower implements OnModuleInit {
  readonly #log: Logger;

  constructor(
    private readonly followers: Followers,
    private readonly decisions: DecisionsService,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'notices' });
  }

  onModuleInit(): void {
    this.followers.add({
      name: 'decisions',
      pipeline: () => PIPELINE,
      hears: HEARS,
      place: this.followers.storedPlace('notices.position'),
      opened: async (_, isNew) => {
        // The last day is decided again.
        if (isNew) await this.decisions.catchUp();
      },
      take: (changes) => this.#decide(changes),
    });
  }

  /** A change that cannot be decided must not stand in the way of the others; a store that is away must. */
  async #decide(changes: readonly Change[]): Promise<void> {
    try {
      await this.decisions.decide(changes);
    } catch (err) {
      if (translateDriverError(err)) throw err;
      if (changes.length > 1) {
        for (const change of changes) await this.#decide([change]);
      } else {
        this.#log.error('a change could not be decided', { err, id: changes[0]?.id });
      }
    }
  }
}
