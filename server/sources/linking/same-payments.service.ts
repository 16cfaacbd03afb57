import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { SamePayment } from '@svodka/shared/contracts/ingest';
import type { EventType } from '@svodka/shared/contracts/modules';
import {
  isSamePayment,
  SAME_DOCUMENT_WITHIN_DAYS,
  sameMoneyTypes,
  type ToldPayment,
} from '@svodka/shared/rules/same-payment';
import { DateTime } from 'luxon';
import { UsersService } from '../../accounts/users.service.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { EventsRepository } from '../../events/events.repository.ts';
import { AppConfig } from '../../platform/config/config.ts';

/** What the keys of payments of a bank's file begin with: a bank itself tells its payments apart. */
export const BANK_KEY = 'bank:';

type Asked = {
  /** Orders that it may go to. */
  projectIds: readonly Id[];
  payment: Pick<ToldPayment, 'amountKop' | 'docNo'> & { type: EventType; at: Date };
  isOfBank: boolean;
};
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
    if (asked.length === 0) return [];
    const types = new Set(asked.flatMap(({ payment }) => sameMoneyTypes(payment.type)));
    const times = asked.map(({ payment }) => payment.at.getTime());
    const days = { days: SAME_DOCUMENT_WITHIN_DAYS + 1 };
    const there = await this.events.ofOrders(
      types.size > 0 ? asked.flatMap(({ projectIds }) => projectIds) : [],
      [...types],
      {
        from: DateTime.fromMillis(Math.min(...times))
          .minus(days)
          .toJSDate(),
        to: DateTime.fromMillis(Math.max(...times))
          .plus(days)
          .toJSDate(),
      },
    );
    const free = new Set(there);
    const found = asked.map(({ projectIds, payment, isOfBank }) => {
      const said = { ...payment, day: this.#dayOf(payment.at) };
      const same = [...free].find(
        (event) =>
          event.projectId !== null &&
          projectIds.includes(event.projectId) &&
          !(isOfBank && event.source?.externalId.startsWith(BANK_KEY)) &&
          isSamePayment(said, { ...event.payload, type: event.type, day: this.#dayOf(event.occurredAt) }),
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
    return { eventId: _id, type, on: this.#dayOf(occurredAt), by };
  }

  #dayOf(at: Date): string {
    return DateTime.fromJSDate(at, { zone: this.config.tzDefault }).toISODate() ?? '';
  }
}
