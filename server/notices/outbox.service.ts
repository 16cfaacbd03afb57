import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { CustomerLetter, Delivery, DeliveryState } from '@svodka/shared/contracts/notice';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { UserDoc } from '../accounts/user.schema.ts';
import { CustomerLetters } from '../customers/customer-letters.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { Clock } from '../platform/clock.ts';
import { derivedId, momentOfId } from '../platform/mongo/derived-id.ts';
import { RefsService } from '../refs/refs.service.ts';
import { DeliveriesRepository, FIRST_OF_KIND, HELD } from './deliveries.repository.ts';
import { LettersService } from './letters.service.ts';
import { type DeliveryDoc, type NoticeDoc, toDelivery } from './notice.schema.ts';
import { PresenceService } from './presence.service.ts';

/** Time to see a toast before the letter goes. */
const TOAST_MS = 60_000;

/** A notice with its reader and its event. `isHeld`: a past that was lost may have told it already (SPEC D8). */
export type Told = { notice: NoticeDoc; user: UserDoc; event: EventDoc; isHeld: boolean };
export type ToldCustomer = { letter: CustomerLetter; event: EventDoc; isHeld: boolean };

const customerDeliveryId = ({ event, letter }: ToldCustomer) =>
  derivedId(event.recordedAt, 'customer letter', event._id, letter.projectId);
const deliveryId = ({ _id }: NoticeDoc) => derivedId(momentOfId(_id), 'delivery', _id);

/** What every letter begins as. */
const NEW = {
  attempts: [],
  sentAt: null,
  fence: 0,
  isDotted: false,
  refusals: 0,
  isSecondTry: false,
  isAsked: false,
};

const waitOf = ({ delayMinutes = 0 }: NoticeDoc, isPresent: boolean): number =>
  Math.max(isPresent ? TOAST_MS : 0, delayMinutes * 60_000);

/** The queue of letters, and what «Почта» shows of it. */
@Injectable()
export class OutboxService {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly letters: LettersService,
    private readonly customers: CustomerLetters,
    private readonly presence: PresenceService,
    private readonly refs: RefsService,
    private readonly clock: Clock,
  ) {}

  /** Queues the letters of notices, except those that are queued already (SPEC N8, D1). */
  async queue(told: Told[]): Promise<void> {
    const withIds = told.map((one) => ({ ...one, _id: deliveryId(one.notice) }));
    const known = await this.deliveries.known(withIds.map(({ _id }) => _id));
    const fresh = withIds.filter(({ _id }) => !known.has(_id));
    if (fresh.length === 0) return;
    const [present, write] = await Promise.all([
      this.presence.presentOf(fresh.map(({ user }) => user._id)),
      this.letters.writerFor(fresh),
    ]);
    const now = this.clock.now();
    await this.deliveries.insertNew(
      fresh.map(({ _id, notice, user, event, isHeld }) => {
        const { subject, text } = write(notice, user, event);
        return {
          _id,
          noticeId: notice._id,
          userId: user._id,
          to: user.email ?? '',
          subject,
          text,
          ...(isHeld ? HELD : { state: 'queued' as const, reason: null }),
          messageId: this.letters.messageId(notice._id),
          createdAt: now,
          nextAttemptAt: isHeld ? null : new Date(now.getTime() + waitOf(notice, present.has(user._id))),
          ...NEW,
        };
      }),
    );
  }

  /** Queues letters to customers, once for each event and order. The first of each kind waits for a person (D9). */
  async queueForCustomers(told: readonly ToldCustomer[]): Promise<void> {
    const withIds = told.map((one) => ({ ...one, _id: customerDeliveryId(one) }));
    const known = await this.deliveries.known(withIds.map(({ _id }) => _id));
    const released = withIds.length > known.size ? await this.customers.released() : new Set();
    for (const { _id, letter, isHeld } of withIds) {
      if (known.has(_id)) continue;
      const now = this.clock.now();
      const ready = await this.customers.ready(letter);
      const written = typeof ready === 'string' ? null : this.customers.kept(ready);
      const fate =
        typeof ready === 'string'
          ? { state: 'cancelled' as const, reason: ready }
          : isHeld
            ? HELD
            : released.has(letter.kind)
              ? { state: 'queued' as const, reason: null }
              : { ...HELD, reason: FIRST_OF_KIND };
      const isQueued = fate.state === 'queued';
      const doc: DeliveryDoc = {
        _id,
        noticeId: null,
        userId: null,
        customer: letter,
        ...(written ?? { to: '', subject: '', text: '' }),
        ...fate,
        messageId: this.letters.messageId(_id),
        createdAt: now,
        nextAttemptAt: isQueued ? await this.customers.hourFor(letter, now) : null,
        ...NEW,
      };
      await this.deliveries.insertNew([doc]);
    }
  }

  async page(query: {
    state?: DeliveryState | undefined;
    after?: string | undefined;
    limit: number;
  }): Promise<{ items: Delivery[]; next: string | null; refs: Refs }> {
    const { docs, next } = await this.deliveries.page(query);
    const userIds = [...new Set(docs.flatMap(({ userId }) => userId ?? []))];
    const counterpartyIds = docs.flatMap(({ customer }) => customer?.counterpartyId ?? []);
    const refs = await this.refs.refsOf('sees-all', { userIds, counterpartyIds });
    return { items: docs.map(toDelivery), next, refs };
  }

  async get(id: Id): Promise<Delivery> {
    const doc = await this.deliveries.get(id);
    if (!doc) throw new AppError('not-found', 'no such delivery');
    return toDelivery(doc);
  }

  /** @throws AppError `conflict` when it is sent, or still under way */
  async retry(id: Id): Promise<Delivery> {
    const before = await this.deliveries.get(id);
    if (before?.state === HELD.state && before.customer) await this.customers.release([before.customer.kind]);
    const doc = await this.deliveries.requeue(id, this.clock.now());
    if (doc) return toDelivery(doc);
    throw new AppError('conflict', 'nothing to try again', [], { current: await this.get(id) });
  }

  /** Lets go of a letter for good. @throws AppError `conflict` when it is not held */
  async discard(id: Id): Promise<Delivery> {
    const doc = await this.deliveries.discard(id);
    if (doc) return toDelivery(doc);
    throw new AppError('conflict', 'nothing is held', [], { current: await this.get(id) });
  }

  /** What one person decides about everything that is held. @returns how many letters */
  async settleHeld(as: 'send' | 'discard'): Promise<number> {
    if (as === 'discard') return this.deliveries.discardHeld();
    await this.customers.release(await this.deliveries.heldKinds());
    return this.deliveries.releaseHeld(this.clock.now());
  }
}
