import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { SamePayment } from '@svodka/shared/contracts/ingest';
import {
  daysAround,
  isSamePayment,
  sameMoneyTypes,
  type ToldPayment,
  toldPayment,
} from '@svodka/shared/rules/same-payment';
import { DateTime } from 'luxon';
import { UsersService } from '../../accounts/users.service.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventsRepository } from '../../events/events.repository.ts';
import { AppConfig } from '../../platform/config/config.ts';

/** `projectIds`: orders that it may go to; `day` is one of the company's zone. */
type Asked = { projectIds: readonly Id[]; payment: ToldPayment };
export type Same = { event: EventDoc; told: SamePayment };

/** Payments that orders have already and that another looks like: written by a person, say, before the bank's file came. */
@Injectable()
export class SamePayments {
  constructor(
    private readonly events: EventsRepository,
    private readonly users: UsersService,
    private readonly config: AppConfig,
  ) {}

  /** For each that is asked about one, or null. What one looks like no other does: of two alike one is new. */
  async of(asked: readonly Asked[]): Promise<(Same | null)[]> {
    const types = new Set(asked.flatMap(({ payment }) => sameMoneyTypes(payment.type)));
    if (types.size === 0) return asked.map(() => null);
    const days = asked.map(({ payment }) => daysAround(payment.day));
    const there = await this.events.ofOrders(
      asked.flatMap(({ projectIds }) => projectIds),
      [...types],
      {
        from: this.#startOf(days.map(({ from }) => from).sort()[0]).toJSDate(),
        to: this.#startOf(
          days
            .map(({ to }) => to)
            .sort()
            .at(-1),
        )
          .plus({ days: 1 })
          .toJSDate(),
      },
    );
    const free = new Set(there);
    const found = asked.map(({ projectIds, payment }) => {
      const same = [...free].find(
        (event) =>
          event.projectId !== null &&
          projectIds.includes(event.projectId) &&
          isSamePayment(payment, toldPayment(event, this.dayOf(event.occurredAt))),
      );
      if (same) free.delete(same);
      return same ?? null;
    });
    const authors = await this.users.byIds(found.flatMap((event) => event?.author.userId ?? []));
    const names = new Map(authors.map(({ _id, name }) => [_id, name]));
    return found.map((event) => event && { event, told: this.#told(event, names) });
  }

  #told({ _id, type, occurredAt, author }: EventDoc, names: ReadonlyMap<Id, string>): SamePayment {
    const by = (author.userId && names.get(author.userId)) || author.name;
    return { eventId: _id, type, on: this.dayOf(occurredAt), by };
  }

  #startOf(day = ''): DateTime {
    return DateTime.fromISO(day, { zone: this.config.tzDefault });
  }

  /** The day of a moment in the company's zone. */
  dayOf(at: Date): string {
    return DateTime.fromJSDate(at, { zone: this.config.tzDefault }).toISODate() ?? '';
  }
}
