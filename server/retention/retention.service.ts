import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Connection, mongo } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { RepeatedPass } from '../platform/repeated-pass.ts';
import { RETENTION, type Retention, WORDED } from './retention.table.ts';

const LOOK_EVERY_MS = 30 * 60_000;
/** When the fewest people work, in the zone of the installation. */
const AT_HOUR = 3;
const DAY_MS = 24 * 3_600_000;
const BATCH = 500;
/** No night removes more of one kind; what is left waits for the next. */
const MOST_A_NIGHT = 200_000;

type Night = { _id: 'retention'; night: string };

/**
 * Removes what has had its time (`retention.table.ts`), once a night. A process that did not run at that hour does it
 * when it starts; of several, the one that writes the night's date first. In small batches, so that nothing else
 * waits; whatever interrupts it, the next night goes on.
 */
@Injectable()
export class RetentionService extends RepeatedPass {
  readonly #db: mongo.Db;
  readonly #log: Logger;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly vocabulary: Vocabulary,
    logger: Logger,
  ) {
    if (!connection.db) throw new Error('the connection is not open');
    const log = logger.child({ room: 'retention' });
    super(LOOK_EVERY_MS, (err) =>
      log.warn('what has had its time could not be removed, and will be', { err }),
    );
    this.#db = connection.db;
    this.#log = log;
  }

  /** Does the work of the newest night, unless it is done. */
  protected async look(): Promise<void> {
    const night = this.#night();
    const nights = this.#db.collection<Night>('settings');
    await nights.updateOne({ _id: 'retention' }, { $setOnInsert: { night: '' } }, { upsert: true });
    const taken = await nights.updateOne({ _id: 'retention', night: { $lt: night } }, { $set: { night } });
    if (taken.modifiedCount === 0) return;
    for (const rule of RETENTION) {
      const removed = await this.#remove(rule);
      if (removed > 0)
        this.#log.info('removed what has had its time', { collection: rule.collection, removed });
    }
    const holders = WORDED.map((name) => this.#db.collection<{ _id: string; terms: string[] }>(name));
    const words = await this.vocabulary.forget(holders, () => !this.isStopped);
    if (words > 0) this.#log.info('removed words that nothing has', { collection: 'words', removed: words });
  }

  /** The date of the last night whose hour has come. */
  #night(): string {
    const now = DateTime.fromJSDate(this.clock.now(), { zone: this.config.tzDefault });
    return now.minus({ hours: AT_HOUR }).toISODate() ?? '';
  }

  async #remove({ collection, days, outlived, with: beside = [] }: Retention): Promise<number> {
    const query = outlived(new Date(this.clock.now().getTime() - days * DAY_MS));
    let removed = 0;
    while (!this.isStopped && removed < MOST_A_NIGHT) {
      const found = await this.#db
        .collection(collection)
        .find(query, { projection: { _id: 1 } })
        .limit(BATCH)
        .toArray();
      const ids = found.map(({ _id }) => _id);
      if (ids.length === 0) break;
      for (const { collection, field } of beside)
        await this.#db.collection(collection).deleteMany({ [field]: { $in: ids } });
      removed += (await this.#db.collection(collection).deleteMany({ _id: { $in: ids } })).deletedCount;
      await breathe();
    }
    return removed;
  }
}
