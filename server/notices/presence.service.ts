import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, Model } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type PresenceDoc, PresenceSchema } from './notice.schema.ts';

const LEASE_MS = 30_000;
/** A page that nobody has touched for so long is a page that nobody reads. */
const IDLE_MS = 5 * 60_000;

/**
 * Who is there to see a toast. One document a person, renewed by any of their visible pages with recent input and
 * running out by itself: a closed laptop says no goodbye.
 */
@Injectable()
export class PresenceService {
  readonly #presence: Model<PresenceDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly clock: Clock,
  ) {
    this.#presence = connection.model<PresenceDoc>('Presence', PresenceSchema);
  }

  /** What a page says of itself; a hidden or idle one renews nothing. */
  async beat(userId: Id, { visible, idleMs }: { visible: boolean; idleMs: number }): Promise<void> {
    if (!visible || idleMs >= IDLE_MS) return;
    const until = new Date(this.clock.now().getTime() + LEASE_MS);
    await this.#presence.updateOne({ _id: userId }, { $set: { until } }, { upsert: true });
  }

  async isPresent(userId: Id): Promise<boolean> {
    return (await this.presentOf([userId])).has(userId);
  }

  /** Who of them is there. */
  async presentOf(userIds: Id[]): Promise<Set<Id>> {
    const found = await this.#presence
      .find({ _id: { $in: [...new Set(userIds)] }, until: { $gt: this.clock.now() } })
      .lean<PresenceDoc[]>()
      .exec();
    return new Set(found.map(({ _id }) => _id));
  }
}
