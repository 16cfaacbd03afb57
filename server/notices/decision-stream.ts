import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { answeredInTime, STREAM_SILENCE_MS } from '../platform/mongo/answered-in-time.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type Change, DecisionsService } from './decisions.service.ts';
import { PositionRepository } from './position.repository.ts';

const PIPELINE = [
  {
    $match: {
      'ns.coll': { $in: ['events', 'comments'] },
      operationType: { $in: ['insert', 'update', 'replace'] },
    },
  },
  { $unset: ['fullDocument.revisions', 'fullDocumentBeforeChange.revisions'] },
];
/** The log no longer reaches back to the position, or the position is not one of this log. */
const LOST = new Set([286, 280, 260, 40573, 10334]);
/** Changes that are decided together at most. */
const BATCH = 200;
const SAVE_EVERY_MS = 1_000;
/** A quiet installation's position must not fall out of the log either. */
const SAVE_IDLE_MS = 10 * 60_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Follows the change log for the decisions, from where they stopped (SPEC N7).
 *
 * Order: changes are decided in the order of the log; the position is stored after them, so a crash repeats the last ones.
 * Concurrency: every node follows by itself; ids make the repetition harmless. Shutdown: the stream is closed and
 * the change at hand is finished, before the connection goes. This is not the publisher's stream: that one starts at
 * the present, and a decision must not be lost with the node that was about to make it.
 */
@Injectable()
export class DecisionStream implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #stream: mongo.ChangeStream<mongo.BSON.Document, Change> | null = null;
  #loop: Promise<void> = Promise.resolve();
  #isFollowing = false;

  constructor(
    @Inject(MONGO) private readonly connection: Connection,
    private readonly decisions: DecisionsService,
    private readonly positions: PositionRepository,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'notices' });
  }

  /** Whether changes are being decided as they come; for readiness. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  onApplicationBootstrap(): void {
    this.#loop = this.#run();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stop.abort();
    await this.#stream?.close().catch(() => undefined);
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#follow(() => {
          failures = 0;
        });
      } catch (err) {
        if (signal.aborted) return;
        if (LOST.has((err as { code?: number }).code ?? 0)) {
          this.#log.error(
            'the change log no longer holds the place of the decisions; the last day is decided again',
            { err },
          );
          await this.positions.forget().catch(() => undefined);
        } else if (translateDriverError(err)) {
          const { message } = err as Error;
          if (failures === 0)
            this.#log.info('the decisions wait for the store, and go on where they are', { reason: message });
        } else {
          this.#log.warn('the decisions stumbled, and go on where they are', { err });
        }
      } finally {
        this.#isFollowing = false;
        await this.#stream?.close().catch(() => undefined);
      }
      await pause(Math.min(200 * 2 ** failures, LONGEST_PAUSE_MS), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { signal } = this.#stop;
    const position = await this.positions.read();
    const stream = this.connection.db?.watch<mongo.BSON.Document, Change>(PIPELINE, {
      fullDocument: 'whenAvailable',
      fullDocumentBeforeChange: 'whenAvailable',
      maxAwaitTimeMS: 1_000,
      ...(position ? { resumeAfter: position } : {}),
    });
    if (!stream) throw new Error('not connected');
    this.#stream = stream;
    if (signal.aborted) return;

    const next = () => answeredInTime(stream.tryNext(), STREAM_SILENCE_MS, 'the stream of the decisions');
    // The position comes before the catch-up, so that what happens during it is in the stream.
    let change = await next();
    if (!position) await this.decisions.catchUp();
    let savedAt = position ? performance.now() : 0;
    let isBehind = !position;
    this.#isFollowing = true;
    onProgress();

    let batch: Change[] = [];
    while (!signal.aborted) {
      if (change) batch.push(change);
      if (!change || batch.length >= BATCH || stream.bufferedCount() === 0) {
        if (batch.length > 0) {
          await this.#decide(batch);
          batch = [];
          isBehind = true;
        }
        const since = performance.now() - savedAt;
        if ((isBehind && (!change || since > SAVE_EVERY_MS)) || since > SAVE_IDLE_MS) {
          await this.positions.write(change ? change._id : stream.resumeToken);
          savedAt = performance.now();
          isBehind = false;
        }
      }
      change = await next();
      if (stream.closed && !signal.aborted) throw new Error('the change stream closed without an error');
    }
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
