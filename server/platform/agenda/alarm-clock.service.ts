import { setTimeout as pause } from 'node:timers/promises';
import { MongoBackend } from '@agendajs/mongo-backend';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Agenda } from 'agenda';
import type { Connection } from 'mongoose';
import { translateDriverError } from '../errors/translate-driver-error.ts';
import { Logger } from '../logger/logger.ts';
import type { CollectionPlan } from '../mongo/collection-plan.ts';
import { MONGO } from '../mongo/mongo.ts';

const COLLECTION = 'agendaJobs';
/** A number, because a string below one second would be misread. */
const PROCESS_EVERY_MS = 1_000;
/** A dead process's job is taken over after this, instead of after agenda's ten minutes. */
const LOCK_MS = 45_000;
const DRAIN_MS = 5_000;

/** The unique key makes agenda's `unique()`, which is an upsert, safe between nodes. */
export const AGENDA_INDEXES: CollectionPlan[] = [
  {
    collection: COLLECTION,
    images: false,
    indexes: [
      {
        key: { name: 1, 'data.key': 1 },
        unique: true,
        partialFilterExpression: { 'data.key': { $exists: true } },
      },
      {
        key: { name: 1, nextRunAt: 1, priority: -1, lockedAt: 1, disabled: 1 },
        name: 'findAndLockNextJobIndex',
      },
      // For retention.
      { key: { lastFinishedAt: 1 } },
    ],
  },
];

const DUPLICATE = 11_000;

/**
 * Alarm clocks that survive a restart. An alarm carries no truth: who is woken reads the state and acts idempotently,
 * and a sweep catches what a lost alarm missed (no fencing in agenda: an alarm may go off twice).
 *
 * Order: handlers are defined in constructors, the clock starts at application bootstrap, at shutdown it gives its
 * locks back and waits for who is being woken, before the connection closes. Alarms run at real time, whatever `Clock` says.
 */
@Injectable()
export class AlarmClock implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #agenda: Agenda;
  readonly #log: Logger;
  readonly #ringing = new Set<Promise<void>>();
  #isStopped = false;
  #isAway = false;

  constructor(@Inject(MONGO) connection: Connection, logger: Logger) {
    this.#log = logger.child({ room: 'agenda' });
    const mongo = connection.db;
    if (!mongo) throw new Error('the connection is not open');
    this.#agenda = new Agenda({
      // The types name their own copy of the driver's Db; there is one driver in this installation.
      backend: new MongoBackend({ mongo: mongo as never, collection: COLLECTION, ensureIndex: false }),
      processEvery: PROCESS_EVERY_MS,
      defaultLockLifetime: LOCK_MS,
      removeOnComplete: true,
    });
    // Agenda reports a lost connection here every second; without a listener it would end the process. An outage is one
    // line, and its end another.
    this.#agenda.on('error', (err) => {
      if (this.#isStopped || this.#isAway) return;
      const isAway = translateDriverError(err) !== undefined;
      this.#isAway = isAway;
      if (isAway) this.#log.warn('the alarm clock waits for the store', { reason: err.message });
      else this.#log.warn('the alarm clock stumbled', { err });
    });
    connection.getClient().on('serverHeartbeatSucceeded', () => {
      if (this.#isAway) this.#log.info('the alarm clock has its store again');
      this.#isAway = false;
    });
    this.#agenda.on('fail', (err: unknown) => this.#log.error('an alarm failed', { err }));
  }

  /** Says what is done when an alarm of a name goes off. Only before the application has started. */
  define(name: string, handler: () => Promise<void>): void {
    const ring = async () => {
      const ringing = handler();
      this.#ringing.add(ringing);
      await ringing.finally(() => this.#ringing.delete(ringing));
    };
    this.#agenda.define(name, ring, { concurrency: 1, lockLifetime: LOCK_MS });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#agenda.start();
  }

  /**
   * Sets an alarm; one that is set already under this key stays as it is.
   * @param key the same for everything that the one alarm stands for, such as its minute
   */
  async wakeAt(name: string, at: Date, key: string): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.#agenda
        .create(name, { key })
        .unique({ 'data.key': key }, { insertOnly: true })
        .schedule(at)
        .save();
    } catch (error) {
      if ((error as { code?: number }).code !== DUPLICATE) throw error;
    }
  }

  /** Whether it runs; for readiness. */
  get isRunning(): boolean {
    return this.#agenda.isActiveJobProcessor();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    // `stop` gives back what is locked and waits, which `drain` does not; who is being woken is waited for here.
    await this.#agenda.stop(false);
    await Promise.race([Promise.allSettled(this.#ringing), pause(DRAIN_MS, undefined, { ref: false })]);
  }
}
