import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Db } from 'mongodb';
import type { Connection } from 'mongoose';
import { Readiness } from '../platform/health/readiness.ts';
import { Logger } from '../platform/logger/logger.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { ChangeFollower, type Following, type Place } from './change-follower.ts';
import { RecentLog } from './recent-log.ts';
import { storedPlace } from './stored-place.ts';

/** Everybody in this process who follows the change log. They begin together at start, and end with the process. */
@Injectable()
export class Followers implements OnApplicationBootstrap, OnModuleDestroy {
  readonly db: Db;
  /** What the bus has just read, for those who share its stream. */
  readonly recent = new RecentLog();
  readonly #log: Logger;
  readonly #all: ChangeFollower[] = [];

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly readiness: Readiness,
    logger: Logger,
  ) {
    if (!connection.db) throw new Error('not connected');
    this.db = connection.db as unknown as Db;
    this.#log = logger.child({ room: 'changes' });
  }

  /** Call before the start (`onModuleInit`). The server is ready while it follows. */
  add(following: Following): void {
    const follower = new ChangeFollower(this.db, following, this.#log, this.recent);
    this.#all.push(follower);
    this.readiness.register(following.name, () => follower.isFollowing);
  }

  /** A place that outlives the process; see `storedPlace`. */
  storedPlace(id: string): Place {
    return storedPlace(this.db, id);
  }

  onApplicationBootstrap(): void {
    for (const follower of this.#all) follower.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#all.map((follower) => follower.stop()));
  }
}
