import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Connection } from 'mongoose';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { LogFollower } from '../platform/mongo/log-follower.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type Change, DecisionsService } from './decisions.service.ts';

const PIPELINE = [
  {
    $match: {
      'ns.coll': { $in: ['events', 'comments'] },
      operationType: { $in: ['insert', 'update', 'replace'] },
    },
  },
  { $unset: ['fullDocument.revisions', 'fullDocumentBeforeChange.revisions'] },
];

/**
 * Follows the change log for the decisions, from where they stopped (SPEC N7). Ids make a repetition harmless. This is
 * not the publisher's stream: that one starts at the present, and a decision must not be lost with the node that was
 * about to make it.
 */
@Injectable()
export class DecisionStream implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #follower: LogFollower<Change>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly decisions: DecisionsService,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'notices' });
    this.#follower = new LogFollower<Change>(
      connection,
      {
        who: 'the decisions',
        position: 'notices.position',
        pipeline: PIPELINE,
        // The last day is decided again.
        begin: () => this.decisions.catchUp(),
        take: (changes) => this.#decide(changes),
      },
      this.#log,
    );
  }

  /** Whether changes are being decided as they come; for readiness. */
  get isFollowing(): boolean {
    return this.#follower.isFollowing;
  }

  onApplicationBootstrap(): void {
    this.#follower.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#follower.stop();
  }

  /** A change that cannot be decided must not stand in the way of the others; a store that is away must. */
  async #decide(changes: Change[]): Promise<void> {
    try {
      await this.decisions.decide(changes);
    } catch (err) {
      if (translateDriverError(err)) throw err;
      if (changes.length > 1) {
        for (const change of changes) await this.#decide([change]);
      } else {
        this.#log.error('a change could not be decided', { err, id: changes[0]?.documentKey?._id });
      }
    }
  }
}
