import { Inject, Injectable } from '@nestjs/common';
import type { CustomerType } from '@svodka/shared/contracts/customer';
import type { Id } from '@svodka/shared/contracts/id';
import type { DeliveryState } from '@svodka/shared/contracts/notice';
import type { Connection, Model, mongo } from 'mongoose';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { insertNew } from '../platform/mongo/insert-new.ts';
import { beyond, pageOf, placeOf } from '../platform/mongo/moment-page.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { type DeliveryDoc, DeliverySchema } from './notice.schema.ts';

/** Waits for a person: what came of it in a past that was lost cannot be known. */
export const HELD = { state: 'held', reason: 'restored' } as const;
/** Waits for a person too: customers have had no letter of this kind yet. */
export const FIRST_OF_KIND = 'first-of-kind';
const QUEUED = {
  state: 'queued',
  reason: null,
  refusals: 0,
  isDotted: false,
  isAsked: true,
} as const;
const DISCARDED = { state: 'cancelled', reason: 'discarded' } as const;

const LET_GO = {
  state: 'cancelled',
  reason: { $in: ['snoozed', 'seen'] as string[] },
  'attempts.0': { $exists: false },
} as const;

/** What no list shows. */
const UNLISTED = { html: 0 } as const;

const LIVE: DeliveryState[] = ['queued', 'ambiguous', 'sending'];

/** The outbox. Every write after a claim names the claim's fence (SPEC D3). */
@Injectable()
export class DeliveriesRepository {
  readonly #deliveries: Model<DeliveryDoc>;
  readonly #raw: mongo.Collection<DeliveryDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#deliveries = connection.model<DeliveryDoc>('Delivery', DeliverySchema);
    this.#raw = driverCollection(connection, 'deliveries');
  }

  /** Those that are there already are left as they are. */
  insertNew(docs: DeliveryDoc[]): Promise<number> {
    return insertNew(this.#raw, docs);
  }

  /** Which of the ids are taken. */
  async known(ids: Id[]): Promise<Set<Id>> {
    const found = await this.#raw.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /** What carried some notices, or was to. */
  ofNotices(noticeIds: readonly Id[]): Promise<DeliveryDoc[]> {
    if (noticeIds.length === 0) return Promise.resolve([]);
    return this.#raw.find({ noticeId: { $in: [...noticeIds] } }).toArray();
  }

  get(id: Id): Promise<DeliveryDoc | null> {
    return this.#deliveries.findById(id).lean<DeliveryDoc>().exec();
  }

  /** Newest first. */
  async page({
    state,
    after,
    limit,
  }: {
    state?: DeliveryState | undefined;
    after?: string | undefined;
    limit: number;
  }) {
    const docs = await this.#deliveries
      .find({ ...(state ? { state } : {}), ...beyond('createdAt', placeOf(after), 'desc') })
      .sort({ createdAt: -1, _id: -1 })
      .limit(limit + 1)
      .select(UNLISTED)
      .lean<DeliveryDoc[]>()
      .exec();
    return pageOf(docs, limit, ({ createdAt }) => createdAt);
  }

  /** Takes the delivery that has waited longest. Gives it as it was before, with its new fence. */
  async claim(now: Date, leaseUntil: Date): Promise<DeliveryDoc | null> {
    const was = await this.#deliveries
      .findOneAndUpdate(
        { nextAttemptAt: { $lte: now }, state: { $in: LIVE } },
        { $set: { state: 'sending', nextAttemptAt: leaseUntil }, $inc: { fence: 1 } },
        { sort: { nextAttemptAt: 1 }, returnDocument: 'before' },
      )
      .lean<DeliveryDoc>()
      .exec();
    return was && { ...was, fence: was.fence + 1 };
  }

  /** Writes as the holder of a claim; false: the claim is lost. */
  async write(
    { _id, fence }: Pick<DeliveryDoc, '_id' | 'fence'>,
    fields: Partial<DeliveryDoc> | Record<string, unknown>,
    attempt?: DeliveryDoc['attempts'][number],
  ): Promise<boolean> {
    const { matchedCount } = await this.#deliveries.updateOne(
      { _id, fence, state: 'sending' },
      { $set: fields, ...(attempt ? { $push: { attempts: attempt } } : {}) },
    );
    return matchedCount === 1;
  }

  /**
   * Writes down that the server took it. The one write that needs no fence: what is taken is taken, and whoever has
   * claimed the delivery since finds out before the final dot.
   */
  async writeSent(_id: Id, fields: Record<string, unknown>): Promise<void> {
    await this.#deliveries.updateOne(
      { _id, state: { $ne: 'sent' } },
      { $set: { ...fields, state: 'sent', nextAttemptAt: null } },
    );
  }

  /**
   * Takes into one delivery all that waits for the same person by the same channel, and whose time has come. What was
   * taken stays with it, whatever becomes of the worker.
   * @returns those that went with it, oldest first
   */
  async gather({ _id, userId, channel = 'mail' }: DeliveryDoc, now: Date): Promise<DeliveryDoc[]> {
    const due = { isGathered: true, nextAttemptAt: { $lte: now } };
    await this.#deliveries.updateMany(
      { userId, state: 'queued', channel, ...due, _id: { $ne: _id } },
      { $set: { state: 'gathered', intoId: _id, nextAttemptAt: null } },
    );
    return this.gatheredIn(_id);
  }

  gatheredIn(intoId: Id): Promise<DeliveryDoc[]> {
    return this.#deliveries.find({ intoId }).sort({ createdAt: 1, _id: 1 }).lean<DeliveryDoc[]>().exec();
  }

  /** How many letters somebody has been sent since. */
  countSent(userId: Id, since: Date): Promise<number> {
    return this.#deliveries
      .countDocuments({ userId, state: 'sent', sentAt: { $gt: since }, channel: { $in: ['mail', null] } })
      .exec();
  }

  /** Lets what waits for somebody as a letter of its own wait for the others. */
  async putOff(userId: Id, until: Date): Promise<void> {
    const alone = { isGathered: { $ne: true }, isAsked: false, 'attempts.0': { $exists: false } };
    await this.#deliveries.updateMany(
      { userId, state: 'queued', channel: { $in: ['mail', null] }, nextAttemptAt: { $lte: until }, ...alone },
      { $set: { isGathered: true, nextAttemptAt: until } },
    );
  }

  /** The notices of one person whose deliveries wait and were not tried yet. */
  async waitingOf(userId: Id): Promise<Id[]> {
    const found = await this.#raw
      .find({ userId, state: 'queued', isAsked: false, 'attempts.0': { $exists: false } })
      .project<{ noticeId: Id | null }>({ _id: 0, noticeId: 1 })
      .toArray();
    return found.flatMap(({ noticeId }) => noticeId ?? []);
  }

  /** Lets go of what waits to tell a person of these notices; what other people and programs are told is not theirs. */
  async cancelWaiting(userId: Id, noticeIds: Id[], reason: string): Promise<void> {
    if (noticeIds.length === 0) return;
    const waits = { state: 'queued', isAsked: false, 'attempts.0': { $exists: false } } as const;
    await this.#deliveries.updateMany(
      { noticeId: { $in: noticeIds }, userId, ...waits },
      { $set: { state: 'cancelled', reason, nextAttemptAt: null } },
    );
  }

  /** What was to carry some notices, and was let go of untried because its reader put them off or had seen them. */
  letGoOf(noticeIds: readonly Id[]): Promise<DeliveryDoc[]> {
    if (noticeIds.length === 0) return Promise.resolve([]);
    return this.#raw
      .find({ noticeId: { $in: [...noticeIds] }, ...LET_GO }, { projection: UNLISTED })
      .toArray();
  }

  /** Queues one of these again. */
  async again(id: Id, { at, isGathered }: { at: Date; isGathered: boolean }): Promise<void> {
    await this.#deliveries.updateOne(
      { _id: id, ...LET_GO },
      { $set: { state: 'queued', reason: null, nextAttemptAt: at, isGathered } },
    );
  }

  /** Queues one again that has come to an end without being sent; null: it has not. */
  requeue(id: Id, now: Date): Promise<DeliveryDoc | null> {
    return this.#deliveries
      .findOneAndUpdate(
        { _id: id, nextAttemptAt: null, state: { $nin: ['sent', 'sending', 'queued', 'gathered'] } },
        { $set: { ...QUEUED, nextAttemptAt: now } },
        { returnDocument: 'after' },
      )
      .lean<DeliveryDoc>()
      .exec();
  }

  /** Brings forward the next attempt of one that waits for its time; null: it does not. */
  hasten(id: Id, now: Date): Promise<DeliveryDoc | null> {
    return this.#deliveries
      .findOneAndUpdate(
        { _id: id, nextAttemptAt: { $gt: now }, state: { $in: ['queued', 'ambiguous'] } },
        { $set: { nextAttemptAt: now, isAsked: true } },
        { returnDocument: 'after' },
      )
      .lean<DeliveryDoc>()
      .exec();
  }

  /** Holds everything that is on its way. @returns how many */
  async holdLive(): Promise<number> {
    const { modifiedCount } = await this.#deliveries.updateMany(
      { state: { $in: LIVE }, nextAttemptAt: { $ne: null } },
      { $set: { ...HELD, nextAttemptAt: null }, $inc: { fence: 1 } },
    );
    return modifiedCount;
  }

  /** Of which kinds letters to customers are held. */
  async heldKinds(): Promise<CustomerType[]> {
    return this.#deliveries.distinct('customer.kind', { state: HELD.state }) as unknown as Promise<
      CustomerType[]
    >;
  }

  async releaseHeld(now: Date): Promise<number> {
    const { modifiedCount } = await this.#deliveries.updateMany(
      { state: HELD.state },
      { $set: { ...QUEUED, nextAttemptAt: now } },
    );
    return modifiedCount;
  }

  async discardHeld(): Promise<number> {
    return (await this.#deliveries.updateMany({ state: HELD.state }, { $set: DISCARDED })).modifiedCount;
  }

  /** null: it neither is held nor waits. Who has claimed it meanwhile has lost it. */
  discard(id: Id): Promise<DeliveryDoc | null> {
    return this.#deliveries
      .findOneAndUpdate(
        {
          _id: id,
          $or: [
            { state: HELD.state },
            { state: { $in: ['queued', 'ambiguous'] }, nextAttemptAt: { $ne: null } },
          ],
        },
        { $set: { ...DISCARDED, nextAttemptAt: null }, $inc: { fence: 1 } },
        { returnDocument: 'after' },
      )
      .lean<DeliveryDoc>()
      .exec();
  }
}
