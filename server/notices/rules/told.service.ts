import { Injectable } from '@nestjs/common';
import { isCustomerType } from '@svodka/shared/contracts/customer';
import type { Id } from '@svodka/shared/contracts/id';
import type { Told } from '@svodka/shared/contracts/told';
import { actorOf } from '../../accounts/actor.ts';
import type { UserDoc } from '../../accounts/user.schema.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventsService } from '../../events/events.service.ts';
import { RefsService } from '../../refs/refs.service.ts';
import { DecisionsService } from '../decisions.service.ts';
import { DeliveriesRepository } from '../deliveries.repository.ts';
import { type DeliveryDoc, type NoticeDoc, toDelivery, toNotice } from '../notice.schema.ts';
import { NoticesRepository } from '../notices.repository.ts';
import { customerDeliveryId } from '../outbox.service.ts';
import { LiveRules } from './live-rules.ts';
import { RulesRepository } from './rules.repository.ts';
import { RulesService } from './rules.service.ts';
import { FRESH_MS } from './words.ts';

const MOST = 500;
const CODE = /^[a-z][a-z-]*$/;

/** «Кому сообщили»: whom an event was told, when and how, whom not and why. Whoever sees the event sees it. */
@Injectable()
export class ToldService {
  constructor(
    private readonly events: EventsService,
    private readonly notices: NoticesRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly decisions: DecisionsService,
    private readonly live: LiveRules,
    private readonly rules: RulesRepository,
    private readonly readable: RulesService,
    private readonly refs: RefsService,
  ) {}

  /** @throws AppError `not-found` */
  async of(user: UserDoc, eventId: Id): Promise<Told> {
    const actor = actorOf(user);
    const event = await this.events.readable(actor, eventId);
    const notices = await this.notices.ofEvent(eventId, MOST);
    const customer = await this.#customerOf(event);
    const [letters, rules, refs, nobody] = await Promise.all([
      this.deliveries.ofNotices(notices.map(({ _id }) => _id)),
      this.rules.byIds([...new Set(notices.flatMap(({ ruleIds = [] }) => ruleIds))]),
      this.refs.refsOf(actor, {
        userIds: notices.map(({ userId }) => userId),
        counterpartyIds: customer?.counterpartyId ? [customer.counterpartyId] : [],
      }),
      notices.length === 0 ? this.#whyNobody(event) : null,
    ]);
    return {
      items: notices.map((notice) => ({
        ...toldOf(notice),
        letters: letters.filter(({ noticeId }) => noticeId === notice._id).map(wayOf),
      })),
      rules: rules
        .filter((rule) => this.readable.mayRead(user, rule))
        .map(({ _id, code, name }) => ({ id: _id, code, name })),
      nobody,
      customer,
      refs,
    };
  }

  /** Of an event that has come to another order: what the customer of this one was written. */
  async #customerOf(event: EventDoc): Promise<Told['customer']> {
    const { projectId, type } = event;
    if (!projectId || !isCustomerType(type)) return null;
    const letter = await this.deliveries.get(customerDeliveryId(event, projectId));
    if (letter) return { counterpartyId: letter.customer?.counterpartyId ?? null, letter: wayOf(letter) };
    const order = (await this.decisions.ordersOf([event])).get(projectId);
    if (!order?.counterpartyId || order.told?.includes(type)) return null;
    return { counterpartyId: order.counterpartyId, letter: null };
  }

  async #whyNobody(event: EventDoc): Promise<Told['nobody']> {
    const isImported = Boolean(event.source?.batchId ?? event.source?.sent);
    if (isImported && event.recordedAt.getTime() - event.occurredAt.getTime() >= FRESH_MS) return 'imported';
    const order = (await this.decisions.ordersOf([event])).get(event.projectId) ?? null;
    const rules = await this.live.set();
    const spoke = rules
      .finding(event)
      .some(
        ({ rule: { trigger }, isOf }) => (trigger.on === 'occurred' || event.dueAt !== null) && isOf(order),
      );
    return spoke ? 'no-people' : 'no-rule';
  }
}

function wayOf(doc: DeliveryDoc): Told['items'][number]['letters'][number] {
  const { channel, state, reason, sentAt, nextAttemptAt } = toDelivery(doc);
  return { channel, state, reason: reason && CODE.test(reason) ? reason : null, sentAt, nextAttemptAt };
}

function toldOf(doc: NoticeDoc) {
  const { id, userId, reason, role, at, createdAt, seenAt, ruleIds } = toNotice(doc);
  return { id, userId, reason, role, at, createdAt, seenAt, ruleIds, suppressed: doc.suppressed ?? null };
}
