import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { mongo } from 'mongoose';

/** What data was before there were steps. */
export const FIRST_VERSION = 1;

const LOOK_EVERY_MS = 100;

/** What the database says of its own form: one document in `settings`. */
export type SchemaDocument = {
  _id: 'schema';
  /** The newest step that has begun. A program that does not know it leaves the database alone. */
  version: number;
  /** Steps that are done, in the order of their doing. */
  steps?: { number: number; name: string; finishedAt: Date; changed: number }[];
  /** The step that is under way, or was when its node died. */
  running?: { number: number; place: string | null; changed: number } | null;
  /** Who may change the form of the data, by the clock of the store. */
  lease?: { holder: string; until: Date } | null;
};

/** Another node has taken over: whoever hears it ends, and waits like the others. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

type Settings = mongo.Collection<SchemaDocument>;

export const schemaCollection = (db: mongo.Db): Settings => db.collection<SchemaDocument>('settings');

/**
 * The right to change the form of the data; one node has it, the others wait. It runs out when its node dies, by the
 * clock of the store, which is one for all. Whoever was only slow loses it too: every write that it guards names the
 * holder, and steps bear being done by two.
 */
export class SchemaLease {
  readonly #holder = randomUUID();
  readonly #settings: Settings;
  readonly #ms: number;
  #renewal: NodeJS.Timeout | undefined;
  #isLost = false;

  private constructor(settings: Settings, ms: number) {
    this.#settings = settings;
    this.#ms = ms;
  }

  /**
   * Waits until the lease is free or has run out.
   * @param onWait called once, when somebody else has it
   */
  static async take(db: mongo.Db, ms: number, onWait: () => void): Promise<SchemaLease> {
    const settings = schemaCollection(db);
    const lease = new SchemaLease(settings, ms);
    await settings.updateOne(
      { _id: 'schema' },
      { $setOnInsert: { version: FIRST_VERSION } },
      { upsert: true },
    );
    let isWaiting = false;
    while (!(await lease.#hold({ $lt: [{ $ifNull: ['$lease.until', new Date(0)] }, '$$NOW'] }))) {
      if (!isWaiting) onWait();
      isWaiting = true;
      await pause(LOOK_EVERY_MS);
    }
    const renew = () => {
      lease.#hold({ $eq: ['$lease.holder', lease.#holder] }).then(
        (isHeld) => {
          lease.#isLost ||= !isHeld;
        },
        () => {}, // a store that is away ends the migration by itself
      );
    };
    lease.#renewal = setInterval(renew, ms / 4).unref();
    return lease;
  }

  async #hold(condition: Record<string, unknown>): Promise<boolean> {
    const until = { $add: ['$$NOW', this.#ms] };
    const result = await this.#settings.updateOne({ _id: 'schema', $expr: condition }, [
      { $set: { lease: { holder: this.#holder, until } } },
    ]);
    return result.matchedCount === 1;
  }

  /** @throws LeaseLost */
  async write(update: mongo.UpdateFilter<SchemaDocument>): Promise<void> {
    const filter = { _id: 'schema' as const, 'lease.holder': this.#holder };
    if (this.#isLost || (await this.#settings.updateOne(filter, update)).matchedCount === 0)
      throw new LeaseLost('another node changes the data');
  }

  async release(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#settings.updateOne(
      { _id: 'schema', 'lease.holder': this.#holder },
      { $set: { lease: null } },
    );
  }
}
