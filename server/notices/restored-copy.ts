import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Db } from 'mongodb';
import type { Connection } from 'mongoose';
import { Logger } from '../platform/logger/logger.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { readHistory } from '../platform/mongo/store-history.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';

type Setting = { _id: string; opening: string };
const ID = 'notices.restored';

/**
 * What an older copy of the data means for letters (SPEC D8): what was sent after the copy was made cannot be known, so
 * nothing that may have been sent is sent again without a person's word.
 *
 * It looks before anything is carried: relay and decisions begin at the bootstrap, behind every module's init.
 */
@Injectable()
export class RestoredCopy implements OnModuleInit {
  readonly #db: Db;
  readonly #log: Logger;
  #at: Date | null = null;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly deliveries: DeliveriesRepository,
    logger: Logger,
  ) {
    if (!connection.db) throw new Error('not connected');
    this.#db = connection.db as unknown as Db;
    this.#log = logger.child({ room: 'notices' });
  }

  async onModuleInit(): Promise<void> {
    const restored = (await readHistory(this.#db))?.restored;
    if (!restored) return;
    this.#at = restored.at;
    const settings = this.#db.collection<Setting>('settings');
    if ((await settings.findOne({ _id: ID }))?.opening === restored.opening) return;
    const held = await this.deliveries.holdLive();
    await settings.updateOne({ _id: ID }, { $set: { opening: restored.opening } }, { upsert: true });
    this.#log.warn(
      'an older copy of the data was put back; letters that were on their way wait for a person',
      { held },
    );
  }

  /** Whether something that there was reason to tell at a moment may have been told in the past that was lost. */
  mayHaveTold(since: Date): boolean {
    return this.#at !== null && since < this.#at;
  }
}
