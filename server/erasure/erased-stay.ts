import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { AppConfig } from '../platform/config/config.ts';
import { EXIT, StartError } from '../platform/data-directory/exit.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { erasedIn } from './list.ts';

/** Serves no older copy of the data in which somebody stands whose data were erased since (SPEC E4). */
@Injectable()
export class ErasedStay implements OnModuleInit {
  readonly #counterparties: mongo.Collection<CounterpartyDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly config: AppConfig,
  ) {
    this.#counterparties = driverCollection(connection, 'counterparties');
  }

  /** @throws StartError */
  async onModuleInit(): Promise<void> {
    const list = await erasedIn(this.config.dataDir);
    if (list.length === 0) return;
    if (list.some(({ isDone }) => !isDone))
      throw new StartError('An erasure was cut off. End it: npm run erase -- --again', EXIT.badData);
    const ids = list.map(({ card }) => card);
    const back = await this.#counterparties.countDocuments({
      _id: { $in: ids },
      erasedAt: { $exists: false },
    });
    if (back > 0)
      throw new StartError(
        `These data are older than the erasure of ${back} counterparties. Erase them again: npm run erase -- --again`,
        EXIT.badData,
      );
  }
}
