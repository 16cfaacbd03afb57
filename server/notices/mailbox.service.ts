import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { Delivery, DeliveryState } from '@svodka/shared/contracts/notice';
import type { Refs } from '@svodka/shared/contracts/refs';
import { UsersService } from '../accounts/users.service.ts';
import { CustomerLetters } from '../customers/customer-letters.service.ts';
import { Clock } from '../platform/clock.ts';
import { RefsService } from '../refs/refs.service.ts';
import { DeliveriesRepository, HELD } from './deliveries.repository.ts';
import { type DeliveryDoc, toDelivery } from './notice.schema.ts';

/** What «Почта» shows of the queue, and what people do there. */
@Injectable()
export class MailboxService {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly customers: CustomerLetters,
    private readonly users: UsersService,
    private readonly refs: RefsService,
    private readonly clock: Clock,
  ) {}

  async page(query: {
    state?: DeliveryState | undefined;
    after?: string | undefined;
    limit: number;
  }): Promise<{ items: Delivery[]; next: string | null; refs: Refs }> {
    const { docs, next } = await this.deliveries.page(query);
    const userIds = [...new Set(docs.flatMap(({ userId }) => userId ?? []))];
    const counterpartyIds = docs.flatMap(({ customer }) => customer?.counterpartyId ?? []);
    const refs = await this.refs.refsOf('sees-all', { userIds, counterpartyIds });
    return { items: (await this.#asTheyWouldGo(docs)).map(toDelivery), next, refs };
  }

  async get(id: Id): Promise<Delivery> {
    return toDelivery(await this.#doc(id));
  }

  /** As it looks. @throws AppError `not-found` of what looks like nothing */
  async html(id: Id): Promise<string> {
    const { html } = await this.#doc(id);
    if (!html) throw new AppError('not-found', 'no letter');
    return html;
  }

  /**
   * What is held as it would go once a person lets it: an address, a consent, or what a letter tells its customer may
   * have changed since.
   */
  async #asTheyWouldGo(docs: readonly DeliveryDoc[]): Promise<DeliveryDoc[]> {
    const held = docs.filter(({ state }) => state === HELD.state);
    if (held.length === 0) return [...docs];
    const letters = held.flatMap(({ customer }) => customer ?? []);
    const [users, ready] = await Promise.all([
      this.users.byIds(held.flatMap(({ userId }) => userId ?? [])),
      this.customers.ready(letters),
    ]);
    const emailOf = new Map(users.map(({ _id, email }) => [_id, email ?? '']));
    const readyOf = new Map(letters.map((letter, i) => [letter, ready[i] ?? 'event-gone']));
    return docs.map((doc) => {
      const { state, customer, userId, channel = 'mail' } = doc;
      const now = state === HELD.state && customer && readyOf.get(customer);
      if (typeof now === 'string') return { ...doc, to: '', reason: now };
      if (now) return { ...doc, ...this.customers.kept(now) };
      const isStaffs = state === HELD.state && channel === 'mail' && userId !== null;
      return isStaffs ? { ...doc, to: emailOf.get(userId) ?? doc.to } : doc;
    });
  }

  async #doc(id: Id): Promise<DeliveryDoc> {
    const stored = await this.deliveries.get(id);
    const [doc] = stored ? await this.#asTheyWouldGo([stored]) : [];
    if (!doc) throw new AppError('not-found', 'no such delivery');
    return doc;
  }

  /** Sends what came to an end unsent, or waits for its time. @throws AppError `conflict` when it is sent, or under way */
  async retry(id: Id): Promise<Delivery> {
    const before = await this.deliveries.get(id);
    if (before?.state === HELD.state && before.customer) await this.customers.release([before.customer.kind]);
    const now = this.clock.now();
    const doc = (await this.deliveries.requeue(id, now)) ?? (await this.deliveries.hasten(id, now));
    if (doc) return toDelivery(doc);
    throw new AppError('conflict', 'nothing to try again', [], { current: await this.get(id) });
  }

  /** Lets go of a letter for good. @throws AppError `conflict` when it neither is held nor waits */
  async discard(id: Id): Promise<Delivery> {
    const doc = await this.deliveries.discard(id);
    if (doc) return toDelivery(doc);
    throw new AppError('conflict', 'nothing waits', [], { current: await this.get(id) });
  }

  /** What one person decides about everything that is held. @returns how many letters */
  async settleHeld(as: 'send' | 'discard'): Promise<number> {
    if (as === 'discard') return this.deliveries.discardHeld();
    await this.customers.release(await this.deliveries.heldKinds());
    return this.deliveries.releaseHeld(this.clock.now());
  }
}
