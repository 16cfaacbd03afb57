import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { SamePayment } from '@svodka/shared/contracts/ingest';
import { PAID_BY } from '@svodka/shared/rules/orders/fills';
import {
  daysAround,
  isPartOf,
  isSamePayment,
  mayTell,
  sameMoneyTypes,
  type ToldPayment,
  toldPayment,
} from '@svodka/shared/rules/same-payment';
import { DateTime } from 'luxon';
import { UsersService } from '../../accounts/users.service.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventsRepository } from '../../events/events.repository.ts';
import { PaidNow, type PaidOrder } from '../../orders/paid-now.service.ts';
import { AppConfig } from '../../platform/config/config.ts';

/** `projectIds`: orders that it may go to; `day` is one of the company's zone; `isDeleted`: it goes to none. */
type Asked = { projectIds: readonly Id[]; payment: ToldPayment; isDeleted?: boolean };
/** `event`: null where it lay behind the order. */
export type Same = { projectId: Id; event: EventDoc | null; told: SamePayment };

/** One that is there, and what of it nobody who was asked about is yet. */
type There = { id: string; projectId: Id; payment: ToldPayment; event: EventDoc | null; kop: number };

/** What was found for the parts of one whole that are asked about one after the other. */
export class SameSoFar {
  /** Of what is there, kopecks. */
  readonly taken = new Map<string, number>();
  /** What orders get by those that look like nothing, kopecks, as long as it is not written. */
  readonly added = new Map<Id, number>();
}

/** Payments that orders have already and that another looks like: written by a person, say, before the bank's file came. */
@Injectable()
export class SamePayments {
  constructor(
    private readonly events: EventsRepository,
    private readonly users: UsersService,
    private readonly paid: PaidNow,
    private readonly config: AppConfig,
  ) {}

  /**
   * For each that is asked about one, or null. What one looks like no other does: of two alike one is new. What a table
   * has told may be the sum of several; and it is there, whatever its sum, where the order would be paid more than it costs.
   */
  async of(asked: readonly Asked[], soFar = new SameSoFar()): Promise<(Same | null)[]> {
    const types = new Set(asked.flatMap(({ payment }) => sameMoneyTypes(payment.type)));
    if (types.size === 0) return asked.map(() => null);
    const ids = [...new Set(asked.flatMap(({ projectIds }) => projectIds))];
    const isPaying = PAID_BY.some((type) => types.has(type));
    const orders = isPaying ? await this.paid.of(ids) : new Map<Id, PaidOrder>();
    const there = [...(await this.#events(ids, [...types], asked)), ...behindOf(orders)];
    const left = ({ id, kop }: There) => kop - (soFar.taken.get(id) ?? 0);
    const take = (one: There | undefined, kop: number) => {
      if (one) soFar.taken.set(one.id, (soFar.taken.get(one.id) ?? 0) + kop);
      return one;
    };
    const ofOrders = ({ projectIds }: Asked) =>
      there.filter(({ projectId }) => projectIds.includes(projectId));
    const found = asked.map((one) => {
      const isWhole = (other: There) =>
        !soFar.taken.has(other.id) && isSamePayment(one.payment, other.payment);
      const same = ofOrders(one).find(isWhole);
      return take(same, same?.kop ?? 0);
    });
    for (const [i, one] of asked.entries()) {
      const { projectIds, payment, isDeleted } = one;
      if (found[i] || payment.isOfTable || !PAID_BY.includes(payment.type)) continue;
      const kop = typeof payment.amountKop === 'number' ? payment.amountKop : 0;
      const ofTables = ofOrders(one).filter(({ payment: other }) => other.isOfTable);
      const isTooMuch = ({ projectId }: There) => {
        const { contractKop, paidKop } = orders.get(projectId) ?? { contractKop: null, paidKop: 0 };
        return contractKop !== null && paidKop + (soFar.added.get(projectId) ?? 0) + kop > contractKop;
      };
      const part = ofTables.find((other) => isPartOf(other.payment, payment, left(other)));
      found[i] =
        take(part, kop) ??
        ofTables.find((other) => left(other) > 0 && mayTell(other.payment, payment) && isTooMuch(other));
      const [order, another] = projectIds;
      if (!found[i] && order && !another && !isDeleted)
        soFar.added.set(order, (soFar.added.get(order) ?? 0) + kop);
    }
    const authors = await this.users.byIds(found.flatMap((one) => one?.event?.author.userId ?? []));
    const names = new Map(authors.map(({ _id, name }) => [_id, name]));
    return found.map((one) => (one ? { ...one, told: told(one, names) } : null));
  }

  async #events(ids: readonly Id[], types: EventDoc['type'][], asked: readonly Asked[]): Promise<There[]> {
    const days = asked.map(({ payment }) => daysAround(payment.day));
    const [first] = days.map(({ from }) => from).sort();
    const last = days.map(({ to }) => to).sort();
    const events = await this.events.ofOrders(ids, types, {
      from: this.#startOf(first).toJSDate(),
      to: this.#startOf(last.at(-1)).plus({ days: 1 }).toJSDate(),
    });
    return events.flatMap((event): There[] => {
      const payment = toldPayment(event, this.dayOf(event.occurredAt));
      const kop = typeof payment.amountKop === 'number' ? payment.amountKop : 0;
      return event.projectId ? [{ id: event._id, projectId: event.projectId, payment, event, kop }] : [];
    });
  }

  #startOf(day = ''): DateTime {
    return DateTime.fromISO(day, { zone: this.config.tzDefault });
  }

  /** The day of a moment in the company's zone. */
  dayOf(at: Date): string {
    return DateTime.fromJSDate(at, { zone: this.config.tzDefault }).toISODate() ?? '';
  }
}

/** What had been paid when orders were made here, told as by a table. */
const behindOf = (orders: ReadonlyMap<Id, PaidOrder>): There[] =>
  [...orders].flatMap(([projectId, { behind }]): There[] => {
    if (!behind) return [];
    const { kop, on } = behind;
    const payment = {
      type: 'payment.prepaid',
      day: on,
      amountKop: kop,
      isOfTable: true,
      isAll: true,
    } as const;
    return [{ id: `behind:${projectId}`, projectId, payment, event: null, kop }];
  });

function told({ event, payment, kop }: There, names: ReadonlyMap<Id, string>): SamePayment {
  const { author } = event ?? {};
  const by = (author?.userId && names.get(author.userId)) || (author?.name ?? '');
  return { eventId: event?._id ?? null, type: payment.type, on: payment.day, by, amountKop: kop };
}
